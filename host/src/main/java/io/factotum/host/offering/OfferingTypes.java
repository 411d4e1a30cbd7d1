package io.factotum.host.offering;

import java.util.Optional;
import java.util.Set;

/** The types of offerings that a loaded plugin serves at this moment. */
public interface OfferingTypes {

    /** That type, if it is served. */
    Optional<OfferingType> find(String type);

    /** All that are served. */
    Set<String> names();
}

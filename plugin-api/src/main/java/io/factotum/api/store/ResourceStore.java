package io.factotum.api.store;

import io.factotum.api.annotation.ImplementedByHost;
import io.factotum.api.resource.Resource;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.UUID;

/** The resources of the plugin's own type. Futures complete on the caller's context. */
@ImplementedByHost
public interface ResourceStore {

    /** The resource with that id, if there is one and it is of the plugin's type. */
    Future<Optional<Resource>> find(UUID resourceId);
}

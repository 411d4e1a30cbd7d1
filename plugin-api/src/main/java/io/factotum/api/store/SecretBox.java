package io.factotum.api.store;

import io.factotum.api.annotation.ImplementedByHost;

/** Seals secrets with the installation's key. Quick; any thread. */
@ImplementedByHost
public interface SecretBox {

    /** The text encrypted and authenticated (AES-256-GCM), in a form fit for JSON. Differs at each call. */
    String seal(String secret);

    /**
     * The text that was sealed.
     *
     * @throws IllegalArgumentException if it was not sealed with this installation's key
     */
    String open(String sealed);
}

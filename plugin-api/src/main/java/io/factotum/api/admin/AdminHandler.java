package io.factotum.api.admin;

import io.vertx.core.Future;

/** Answers the requests of one route. */
@FunctionalInterface
public interface AdminHandler {

    /**
     * Answers a request, on the plugin's context.
     *
     * @return fails with an {@link AdminRefusal} to tell the caller what is wrong with the request. Any other failure is
     *     logged and answered 500 without its text; no answer within 30 seconds is answered 504
     */
    Future<AdminResponse> handle(AdminRequest request);
}

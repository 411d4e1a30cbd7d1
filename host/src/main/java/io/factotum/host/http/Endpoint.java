package io.factotum.host.http;

import io.vertx.core.Future;

/** Answers the requests of one operation of the OpenAPI file, once they have been checked against it. */
@FunctionalInterface
interface Endpoint {

    /** A failure becomes a problem document. */
    Future<? extends Answer> handle(ApiRequest request);
}

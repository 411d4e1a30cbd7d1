package io.factotum.host.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;

/** What an endpoint answers, whole or bit by bit. */
@FunctionalInterface
interface Answer {

    /** Completes when it is sent, or, of one that goes on, when it has begun. */
    Future<Void> send(HttpServerResponse response);
}

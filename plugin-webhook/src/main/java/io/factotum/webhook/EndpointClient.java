package io.factotum.webhook;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;

/** Calls endpoints: one signed POST at a time, at an address that was checked, redirects not followed. */
final class EndpointClient {

    private static final String CLOUD_EVENT = "application/cloudevents+json";

    private final Vertx vertx;
    private final HttpClient http;
    private final Resolver resolver;
    private final Clock clock;
    private final int maxResponse;
    private final String userAgent;

    EndpointClient(Vertx vertx, HttpClient http, Resolver resolver, Clock clock, int maxResponse, String userAgent) {
        this.vertx = vertx;
        this.http = http;
        this.resolver = resolver;
        this.clock = clock;
        this.maxResponse = maxResponse;
        this.userAgent = userAgent;
    }

    /**
     * What is sent, the same at each attempt but for its time.
     *
     * @param id by which the endpoint knows it again
     */
    record Call(UUID id, Target target, Credentials.Opened credentials, Buffer body) {}

    /** An attempt, to be broken off perhaps; sent by {@link #send}. */
    Attempt attempt(Call call) {
        return new Attempt(vertx, maxResponse, call.credentials().mask());
    }

    /**
     * Sends it.
     *
     * @param number of the attempt, from 1: of several addresses each has its turn
     * @return fails with an {@link AttemptException}
     */
    Future<Answer> send(Attempt attempt, Call call, int number, Duration timeout) {
        // From a future on, so that what is thrown is a failure like any other.
        Future<HttpClientRequest> connection = Future.succeededFuture(
                        call.target().host())
                .compose(resolver::resolve)
                .compose(addresses -> connect(call, addresses.get((number - 1) % addresses.size()), timeout));
        return attempt.send(connection, call.body(), timeout);
    }

    private Future<HttpClientRequest> connect(Call call, InetAddress address, Duration timeout) {
        Target target = call.target();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, target.port())))
                .setHost(target.authorityHost())
                .setPort(target.port())
                .setSsl(target.secure())
                .setURI(target.path())
                .setConnectTimeout(timeout.toMillis())
                .setFollowRedirects(false)
                .setHeaders(headers(call));
        return http.request(options);
    }

    private MultiMap headers(Call call) {
        long now = clock.instant().getEpochSecond();
        String id = call.id().toString();
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        call.credentials().headers().forEach(headers::set);
        return headers.set("Content-Type", CLOUD_EVENT)
                .set("Accept", "application/json, application/problem+json")
                .set("User-Agent", userAgent)
                .set("webhook-id", id)
                .set("webhook-timestamp", String.valueOf(now))
                .set(
                        "webhook-signature",
                        call.credentials().key().sign(id, now, call.body().getBytes()));
    }
}

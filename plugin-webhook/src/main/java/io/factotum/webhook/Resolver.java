package io.factotum.webhook;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Looks a host's addresses up without blocking, and checks them. Requests then go to an address that was checked, not to
 * the name once more: it could have another address by then.
 */
final class Resolver {

    private final VertxInternal vertx;
    private final AllowedHosts allowedHosts;

    Resolver(Vertx vertx, AllowedHosts allowedHosts) {
        // Vert.x has its resolver, which reads the hosts file and does not block, in no public interface.
        this.vertx = (VertxInternal) vertx;
        this.allowedHosts = allowedHosts;
    }

    /**
     * Its addresses, at least one.
     *
     * @return fails with an {@link AttemptException} if there are none, or if one of them must not be called
     */
    Future<List<InetAddress>> resolve(String host) {
        Promise<List<InetSocketAddress>> found = Promise.promise();
        vertx.nameResolver().resolveAll(host, found::handle);
        return found.future()
                .recover(failure -> Future.failedFuture(AttemptException.unanswered(
                        "cannot find the address of '%s' (%s)".formatted(host, failure.getMessage()), false)))
                .compose(sockets -> checked(
                        host,
                        sockets.stream().map(InetSocketAddress::getAddress).toList()));
    }

    private Future<List<InetAddress>> checked(String host, List<InetAddress> addresses) {
        for (InetAddress address : addresses) {
            var refusal = allowedHosts.refusal(host, address);
            if (refusal.isPresent()) {
                return Future.failedFuture(AttemptException.forbidden(
                        "its host '%s' has the address %s, %s. An operator who wants that lists the host under allowed-hosts of conf/plugins/webhook.yaml, written out"
                                .formatted(host, address.getHostAddress(), refusal.get())));
            }
        }
        return addresses.isEmpty()
                ? Future.failedFuture(AttemptException.unanswered("'%s' has no address".formatted(host), false))
                : Future.succeededFuture(addresses);
    }
}

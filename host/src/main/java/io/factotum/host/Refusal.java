package io.factotum.host;

import io.factotum.api.offering.Fault;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/**
 * Something that was asked for and cannot be done, told to whoever asked: as a problem document over HTTP, as a reply on
 * the bus. It changes nothing.
 */
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient List<Fault> faults;
    private final transient Map<String, String> headers;

    private Refusal(int status, String code, String message, List<Fault> faults, Map<String, String> headers) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.faults = List.copyOf(faults);
        this.headers = Map.copyOf(headers);
    }

    /** With the HTTP status, a stable word for the kind, a message for a person, and each fault of the request. */
    public Refusal(int status, String code, String message, List<Fault> faults) {
        this(status, code, message, faults, Map.of());
    }

    /** Without single faults. */
    public Refusal(int status, String code, String message) {
        this(status, code, message, List.of());
    }

    /** There is no such thing. */
    public static Refusal notFound(String thing, Object id) {
        return new Refusal(404, "not_found", "Cannot find %s '%s': there is none with that id.".formatted(thing, id));
    }

    /** The request has faults, all told at once. */
    public static Refusal unprocessable(String what, List<Fault> faults) {
        return new Refusal(
                422,
                "unprocessable",
                "Cannot %s: %d thing%s wrong with it, see errors."
                        .formatted(what, faults.size(), faults.size() == 1 ? " is" : "s are"),
                faults);
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The stable word for the kind. */
    public String code() {
        return code;
    }

    /** Each fault of the request; empty if the message says it all. */
    public List<Fault> faults() {
        return faults;
    }

    /** The same with a header that goes with it over HTTP. */
    public Refusal with(String header, String value) {
        return new Refusal(status, code, String.valueOf(getMessage()), faults, Map.of(header, value));
    }

    /** What goes with it over HTTP. */
    public Map<String, String> headers() {
        return headers;
    }

    /** As a bus reply: {@code {outcome: "refused", status, code, message, errors}}. */
    public JsonObject toReply() {
        return new JsonObject()
                .put("outcome", "refused")
                .put("status", status)
                .put("code", code)
                .put("message", getMessage())
                .put("errors", new JsonArray(faults.stream().map(Fault::toJson).toList()));
    }
}

package io.factotum.host.http;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.factotum.api.offering.Fault;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.JacksonCodec;
import io.vertx.ext.web.RoutingContext;
import io.vertx.json.schema.common.dsl.SchemaType;
import io.vertx.openapi.contract.Location;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks a request against its operation in the OpenAPI file and tells everything that is wrong at once.
 *
 * <p>The library's own request validator is not used: it stops at the first faulty parameter, takes texts that look like
 * numbers for numbers, and decodes what is already decoded.
 */
final class RequestCheck {

    /** Above this, parsing would hold the event loop for milliseconds. */
    private static final int LARGE_BODY = 64 * 1024;

    private final Vertx vertx;
    private final ApiContract contract;
    private final Operation operation;

    RequestCheck(Vertx vertx, ApiContract contract, Operation operation) {
        this.vertx = vertx;
        this.contract = contract;
        this.operation = operation;
    }

    /** The request, or a failure with the problem that has all its faults. */
    Future<ApiRequest> check(RoutingContext context) {
        Map<String, String> parameters = new HashMap<>();
        List<JsonObject> errors = new ArrayList<>();
        for (Parameter parameter : operation.getParameters()) {
            checkParameter(parameter, values(parameter, context), parameters, errors);
        }
        checkUnknown(context, errors);
        Buffer body = operation.getRequestBody() == null ? null : context.body().buffer();
        if (body != null && !Gate.takesJson(operation)) {
            return errors.isEmpty()
                    ? Future.succeededFuture(new ApiRequest(parameters, new JsonObject(), body))
                    : Future.failedFuture(new ProblemException(Problem.invalidRequest(errors)));
        }
        return parsedBody(body).map(parsed -> {
            errors.addAll(parsed.errors);
            if (!errors.isEmpty()) {
                throw new ProblemException(Problem.invalidRequest(errors));
            }
            return new ApiRequest(parameters, parsed.body, Buffer.buffer());
        });
    }

    private static List<String> values(Parameter parameter, RoutingContext context) {
        return switch (parameter.getIn()) {
            case PATH -> List.of(context.pathParam(parameter.getName()));
            case HEADER -> context.request().headers().getAll(parameter.getName());
            case QUERY -> context.queryParam(parameter.getName());
            case COOKIE -> List.of();
        };
    }

    private void checkParameter(
            Parameter parameter, List<String> values, Map<String, String> parameters, List<JsonObject> errors) {
        String name = parameter.getName();
        if (values.size() > 1) {
            errors.add(Problem.parameterError(name, "It is given %d times. Expected once.".formatted(values.size())));
            return;
        }
        if (values.isEmpty()) {
            Object defaultValue = parameter.getSchema().get("default");
            if (defaultValue != null) {
                parameters.put(name, defaultValue.toString());
            }
            return;
        }
        String value = values.get(0);
        List<String> messages = new ArrayList<>(contract.faults(parameter.getSchema(), typed(parameter, value)).stream()
                .map(Fault::message)
                .toList());
        String unstorable = Unstorable.reason(value);
        if (unstorable != null) {
            messages.add(unstorable);
        }
        messages.forEach(message -> errors.add(Problem.parameterError(name, message)));
        parameters.put(name, value);
    }

    private static Object typed(Parameter parameter, String value) {
        if (parameter.getSchemaType() != SchemaType.INTEGER) {
            return value;
        }
        try {
            return Long.valueOf(value);
        } catch (NumberFormatException noNumber) {
            return value;
        }
    }

    /** A misspelt filter would otherwise silently list everything. */
    private void checkUnknown(RoutingContext context, List<JsonObject> errors) {
        TreeSet<String> known = operation.getParameters().stream()
                .filter(parameter -> parameter.getIn() == Location.QUERY)
                .map(Parameter::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        for (String name : context.queryParams().names()) {
            if (!known.contains(name)) {
                errors.add(Problem.parameterError(
                        name,
                        known.isEmpty()
                                ? "It is not known here; there are no parameters."
                                : "It is not known here. Known are: %s.".formatted(String.join(", ", known))));
            }
        }
    }

    private record Parsed(JsonObject body, List<JsonObject> errors) {}

    private Future<Parsed> parsedBody(@Nullable Buffer body) {
        if (body == null || body.length() == 0) {
            boolean missing = operation.getRequestBody() != null
                    && operation.getRequestBody().isRequired();
            return Future.succeededFuture(new Parsed(
                    new JsonObject(),
                    missing
                            ? Problem.errors(List.of(new Fault(
                                    "",
                                    "The body is missing. Expected %s."
                                            .formatted(Gate.takesJson(operation) ? "a JSON object" : "a jar"))))
                            : List.of()));
        }
        return body.length() > LARGE_BODY
                ? vertx.executeBlocking(() -> parse(body), false)
                : Future.future(promise -> promise.complete(parse(body)));
    }

    private Parsed parse(Buffer body) {
        Object json = decode(body);
        List<JsonObject> errors = Problem.errors(contract.bodyFaults(operation, json));
        return new Parsed(json instanceof JsonObject object ? object : new JsonObject(), errors);
    }

    private static @Nullable Object decode(Buffer body) {
        try {
            // Of a name that stands there twice one value would be dropped without a word.
            return JacksonCodec.fromParser(
                    JacksonCodec.createParser(body).enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION),
                    Object.class);
        } catch (DecodeException malformed) {
            String where =
                    malformed.getCause() instanceof JsonProcessingException cause ? place(cause.getLocation()) : "";
            // Not the parser's own words: they quote the body, and there may be a secret in it.
            throw new ProblemException(new Problem(
                    400,
                    "malformed_json",
                    "Cannot read the body: it is not well-formed JSON, or names a key twice%s. Expected one JSON object in UTF-8."
                            .formatted(where)));
        }
    }

    private static String place(@Nullable JsonLocation location) {
        return location == null
                ? ""
                : ", at line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
    }
}

package io.factotum.host.http;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.factotum.api.offering.Fault;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.JsonSchema;
import io.vertx.openapi.contract.MediaType;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The OpenAPI file: what the routes are built from, and what requests and offering files are checked against. */
public final class ApiContract {

    private static final String FILE = "/openapi/factotum.yaml";
    /** The library refuses a file that names media types it cannot parse itself; their schemas are used all the same. */
    private static final Map<String, String> STAND_INS = Map.of(
            Problem.CONTENT_TYPE,
            ApiResponse.JSON,
            "application/yaml",
            "text/plain",
            RunLogStream.CONTENT_TYPE,
            "text/plain");

    private final OpenAPIContract contract;
    private final String text;

    private ApiContract(OpenAPIContract contract, String text) {
        this.contract = contract;
        this.text = text;
    }

    /** Reads the file that comes with the host. */
    public static Future<ApiContract> load(Vertx vertx) {
        return vertx.executeBlocking(ApiContract::read).compose(text -> vertx.executeBlocking(() -> parse(text))
                .compose(file -> OpenAPIContract.from(vertx, file))
                .map(contract -> new ApiContract(contract, text)));
    }

    /** Everything in which a body breaks the schema of that operation; empty if nothing does. */
    public List<Fault> bodyFaults(String operationId, @Nullable Object body) {
        Operation operation = Objects.requireNonNull(contract.operation(operationId), operationId);
        return bodyFaults(operation, body);
    }

    List<Fault> bodyFaults(Operation operation, @Nullable Object body) {
        MediaType json =
                Objects.requireNonNull(operation.getRequestBody().getContent().get(ApiResponse.JSON));
        List<Fault> faults = new ArrayList<>(faults(json.getSchema(), body));
        faults.addAll(Unstorable.faults(body));
        return faults;
    }

    List<Fault> faults(JsonSchema schema, @Nullable Object value) {
        return SchemaFaults.of(
                schema, contract.getSchemaRepository().validator(schema).validate(value));
    }

    OpenAPIContract openApi() {
        return contract;
    }

    /** The file as it is. */
    String text() {
        return text;
    }

    private static String read() throws IOException {
        try (InputStream file = ApiContract.class.getResourceAsStream(FILE)) {
            return new String(Objects.requireNonNull(file, FILE).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static JsonObject parse(String text) throws IOException {
        Map<String, Object> yaml = new YAMLMapper().readValue(text, new TypeReference<>() {});
        // Through text, so that all of it is JSON objects and arrays and none of it Java maps.
        JsonObject file = new JsonObject(new JsonObject(yaml).encode());
        JsonObject components = file.getJsonObject("components").getJsonObject("responses");
        components.forEach(response -> standIn((JsonObject) response.getValue()));
        file.getJsonObject("paths").forEach(path -> ((JsonObject) path.getValue()).forEach(operation -> {
            if (operation.getValue() instanceof JsonObject object) {
                object.getJsonObject("responses").forEach(response -> standIn((JsonObject) response.getValue()));
            }
        }));
        return file;
    }

    private static void standIn(JsonObject response) {
        JsonObject content = response.getJsonObject("content");
        if (content != null) {
            STAND_INS.forEach((name, standIn) -> {
                if (content.containsKey(name)) {
                    content.put(standIn, content.remove(name));
                }
            });
        }
    }
}

package io.factotum.host.http;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.ResponseValidator;
import io.vertx.openapi.validation.ValidatableResponse;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Speaks to the API over real HTTP, and holds every answer against the OpenAPI file. */
final class ApiClient {

    private final WebClient client;
    private final OpenAPIContract contract;
    private final ResponseValidator validator;
    private final String token;

    ApiClient(Vertx vertx, int port, OpenAPIContract contract, String token) {
        this.client = WebClient.create(
                vertx, new WebClientOptions().setDefaultHost("127.0.0.1").setDefaultPort(port));
        this.contract = contract;
        this.validator = ResponseValidator.create(vertx, contract);
        this.token = token;
    }

    HttpResponse<Buffer> get(String path) {
        return call(HttpMethod.GET, path, null);
    }

    HttpResponse<Buffer> post(String path, @Nullable JsonObject body) {
        return call(HttpMethod.POST, path, body);
    }

    HttpResponse<Buffer> call(HttpMethod method, String path, @Nullable JsonObject body) {
        return body == null
                ? call(method, path, Map.of(), Buffer.buffer())
                : call(method, path, Map.of("Content-Type", "application/json"), body.toBuffer());
    }

    /** With the token, unless the headers have another. */
    HttpResponse<Buffer> call(HttpMethod method, String path, Map<String, String> headers, Buffer body) {
        HttpRequest<Buffer> request = client.request(method, path).putHeader("Authorization", "Bearer " + token);
        headers.forEach(request::putHeader);
        HttpResponse<Buffer> response = join(body.length() == 0 ? request.send() : request.sendBuffer(body));
        checkAgainstFile(method, path, response);
        return response;
    }

    private void checkAgainstFile(HttpMethod method, String path, HttpResponse<Buffer> response) {
        Operation operation = contract.findOperation(path.replaceAll("\\?.*", ""), method);
        String type = response.headers().get("Content-Type");
        if (response.statusCode() >= 400) {
            assertThat(type)
                    .as("%s %s: %s", method, path, response.statusCode())
                    .isEqualTo("application/problem+json");
            assertThat(response.bodyAsJsonObject().getInteger("status")).isEqualTo(response.statusCode());
        }
        // What has no operation gets the same problem documents as what has.
        String id = operation == null ? "getOrder" : operation.getOperationId();
        Map<String, String> headers = new HashMap<>();
        response.headers().forEach(header -> headers.put(header.getKey(), header.getValue()));
        ValidatableResponse validatable = type == null
                ? ValidatableResponse.create(response.statusCode(), headers)
                : ValidatableResponse.create(response.statusCode(), headers, response.body(), standIn(type));
        join(validator.validate(validatable, id));
    }

    private static String standIn(String type) {
        return switch (type) {
            case "application/problem+json" -> "application/json";
            case "application/yaml" -> "text/plain";
            default -> type.startsWith("text/plain;") ? "text/plain" : type;
        };
    }
}

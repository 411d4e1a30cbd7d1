package io.factotum.host.http;

import static io.factotum.host.storage.TestPostgres.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VertxExtension.class)
class AuthenticationTest {

    @Test
    void tokenIsMadeOnceAndReadableByItsOwnerOnly(Vertx vertx, @TempDir Path data) throws IOException {
        Path directory = data.resolve("not-there-yet");
        String first = join(Authentication.load(vertx, directory)).token();
        String second = join(Authentication.load(vertx, directory)).token();

        assertThat(second).isEqualTo(first).hasSize(43).matches("[A-Za-z0-9_-]+");
        assertThat(Files.getPosixFilePermissions(directory.resolve("admin-token")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void tokenThatIsTooShortToBeSafeIsRefusedWithoutSayingIt(Vertx vertx, @TempDir Path data) throws IOException {
        Files.writeString(data.resolve("admin-token"), "letmein");

        Future<Authentication> refused = Authentication.load(vertx, data);
        Throwable failure = join(refused.transform(result -> Future.succeededFuture(result.cause())));

        assertThat(failure).hasMessageContaining("it has 7 characters").hasMessageNotContaining("letmein");
    }
}

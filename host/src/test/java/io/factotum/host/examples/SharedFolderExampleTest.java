package io.factotum.host.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedFolderExampleTest {

    private Path directory;
    private ExampleResource folder;

    @BeforeEach
    void orderOne(@TempDir Path emptyDirectory) throws Exception {
        directory = emptyDirectory;
        folder = order(directory);
    }

    ExampleResource order(Path where) throws Exception {
        return new ExampleResource("shared-folder", where);
    }

    @Test
    void createMakesAFolderThatPullMeasuresAndTerminateRemoves() throws Exception {
        folder.limits.put("storage", 5);
        ScriptRun created = folder.create();

        assertThat(created.stderr()).isEmpty();
        assertThat(created.backendId()).isEqualTo(folder.uuid);
        assertThat(created.told().encode()).contains("file://" + folder.path());
        assertThat(folder.path().resolve("README.txt")).hasContent("This folder holds 5 MB.");

        ScriptRun pulled = folder.pull();
        assertThat(pulled.used("files")).isEqualByComparingTo("1");
        assertThat(pulled.used("storage")).isPositive().isLessThan(new BigDecimal("0.1"));
        assertThat(pulled.reported("Size")).endsWith("of 5 MB");

        assertThat(folder.terminate().exitCode()).isZero();
        assertThat(folder.path().getParent()).isEmptyDirectory();
    }

    @Test
    void oddFileNamesCountOnceEach() throws Exception {
        assertThat(folder.create().exitCode()).isZero();
        for (String name : new String[] {"with space", "with\nnewline", "-n", "100%s", "\"quoted\""}) {
            Files.writeString(folder.path().resolve(name), "x");
        }

        assertThat(folder.pull().used("files")).isEqualByComparingTo("6");
    }

    @Test
    void folderOverItsQuotaHoldsANoticeUntilThereIsRoom() throws Exception {
        folder.limits.put("storage", 1);
        assertThat(folder.create().exitCode()).isZero();
        Path large = fill(2);

        ScriptRun over = folder.pull();
        assertThat(over.reported("State")).isEqualTo("over its quota");
        assertThat(over.used("storage")).isBetween(new BigDecimal("2"), new BigDecimal("2.2"));
        assertThat(folder.path().resolve("OVER-QUOTA.txt")).exists();

        Files.delete(large);
        assertThat(folder.pull().reported("State")).isEqualTo("within its quota");
        assertThat(folder.path().resolve("OVER-QUOTA.txt")).doesNotExist();
    }

    @Test
    void quotaCannotShrinkUnderWhatIsInUse() throws Exception {
        folder.limits.put("storage", 10);
        assertThat(folder.create().exitCode()).isZero();
        fill(3);

        folder.limits.put("storage", 2);
        ScriptRun refused = folder.update();
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.stderr()).contains("Cannot shrink the folder to 2 MB");
        assertThat(folder.pull().reported("Size")).endsWith("of 10 MB");

        folder.limits.put("storage", 4);
        assertThat(folder.update().exitCode()).isZero();
        assertThat(folder.pull().reported("Size")).endsWith("of 4 MB");
    }

    @Test
    void planDecidesWhereTheOrderNamesNoLimit() throws Exception {
        assertThat(folder.create().exitCode()).isZero();
        assertThat(folder.pull().reported("Size")).endsWith("of 100 MB");

        folder.plan = "company";
        assertThat(folder.update().exitCode()).isZero();
        assertThat(folder.pull().reported("Size")).endsWith("of 1000 MB");
    }

    @Test
    void orderOfNoStorageIsRefusedAndNothingIsMade() throws Exception {
        folder.limits.put("storage", 0);

        ScriptRun created = folder.create();

        assertThat(created.exitCode()).isEqualTo(1);
        assertThat(created.stderr()).contains("Cannot size the folder");
        assertThat(directory.resolve("store")).isEmptyDirectory();
    }

    @Test
    void createRunAgainKeepsWhatIsInTheFolder() throws Exception {
        String first = folder.create().lastLine();
        Path large = fill(1);

        assertThat(folder.create().lastLine()).isEqualTo(first);
        assertThat(large).exists();
    }

    @Test
    void terminateOfWhatWasNeverMadeIsFine() throws Exception {
        ScriptRun terminated = folder.terminate();

        assertThat(terminated.exitCode()).isZero();
        assertThat(terminated.stdout()).contains("Nothing to remove");
    }

    @Test
    void updateAndPullOfAMissingFolderFailAndSayWhatToLookAt() throws Exception {
        assertThat(folder.update().stderr()).contains("it is not there").contains("docker.volumes");
        assertThat(folder.pull().exitCode()).isEqualTo(1);
    }

    @Test
    void homeIsTakenWhereTheStoreIsNoDirectory() throws Exception {
        folder.with("STORE", directory.resolve("absent").toString());

        assertThat(folder.create().exitCode()).isZero();

        assertThat(folder.path())
                .startsWith(directory.resolve("home/.factotum-examples"))
                .isDirectory();
    }

    private Path fill(int megabytes) throws IOException {
        byte[] bytes = new byte[megabytes * 1024 * 1024];
        Arrays.fill(bytes, (byte) 'x');
        return Files.write(folder.path().resolve("large"), bytes);
    }
}

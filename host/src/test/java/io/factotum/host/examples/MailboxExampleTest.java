package io.factotum.host.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MailboxExampleTest {

    private static final int MEGABYTE = 1024 * 1024;

    private Path directory;
    private ExampleResource mailbox;

    @BeforeEach
    void orderOne(@TempDir Path emptyDirectory) throws IOException {
        directory = emptyDirectory;
        mailbox = new ExampleResource("mailbox", directory);
        mailbox.attributes.put("address", "ada@example.org");
    }

    @Test
    void createMakesAMaildirWithAWelcomeThatPullReportsAndTerminateRemoves() throws Exception {
        ScriptRun created = mailbox.create();

        assertThat(created.stderr()).isEmpty();
        assertThat(created.backendId()).isEqualTo("ada@example.org");
        assertThat(created.told().encode()).contains("mailto:ada@example.org");
        assertThat(mailbox.path().resolve("cur")).isEmptyDirectory();
        assertThat(mailbox.path().resolve("tmp")).isEmptyDirectory();
        assertThat(quota()).isEqualTo(50L * MEGABYTE + "S");

        ScriptRun pulled = mailbox.pull();
        assertThat(pulled.used("messages")).isEqualByComparingTo("1");
        assertThat(pulled.used("storage")).isEqualByComparingTo("0.01");
        assertThat(pulled.reported("Messages")).isEqualTo("1, 1 of them unread");
        assertThat(pulled.reported("Latest subjects")).isEqualTo("Welcome");

        assertThat(mailbox.terminate().exitCode()).isZero();
        assertThat(mailbox.path()).doesNotExist();
    }

    @Test
    void mailThatArrivesIsCountedAndItsSubjectShown() throws Exception {
        assertThat(mailbox.create().exitCode()).isZero();
        deliver("new/1.second.host", "Second", 10);
        deliver("cur/1.third.host:2,S", "Drei \u00e4", MEGABYTE);

        ScriptRun pulled = mailbox.pull();

        assertThat(pulled.used("messages")).isEqualByComparingTo("3");
        assertThat(pulled.used("storage")).isEqualByComparingTo("1.01");
        assertThat(pulled.reported("Messages")).isEqualTo("3, 2 of them unread");
        assertThat(pulled.reported("Latest subjects")).contains("Second", "Welcome");
    }

    @Test
    void planWithTooLittleRoomIsRefusedAndTheOldQuotaStays() throws Exception {
        assertThat(mailbox.create().exitCode()).isZero();
        deliver("cur/1.large.host:2,S", "Large", 2 * MEGABYTE);

        mailbox.plan = "tiny";
        ScriptRun refused = mailbox.update();

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.stderr()).contains("Cannot shrink the mailbox to 1 MB: 2.00 MB are in use");
        assertThat(quota()).isEqualTo(50L * MEGABYTE + "S");
        assertThat(mailbox.path().resolve("cur/1.large.host:2,S")).exists();
    }

    @Test
    void changedPlanIsWrittenIntoTheQuotaFileWithWhatIsThere() throws Exception {
        assertThat(mailbox.create().exitCode()).isZero();

        mailbox.plan = "business";
        assertThat(mailbox.update().exitCode()).isZero();

        assertThat(Files.readAllLines(mailbox.path().resolve("maildirsize")))
                .hasSize(2)
                .startsWith(1000L * MEGABYTE + "S")
                .last()
                .asString()
                .matches("[1-9]\\d* 1");
        assertThat(mailbox.pull().reported("Quota")).endsWith("of 1000 MB");
    }

    @Test
    void addressIsMadeOfTheUuidWhereNoneIsOrdered() throws Exception {
        mailbox.attributes.remove("address");

        assertThat(mailbox.create().backendId()).isEqualTo(mailbox.uuid.substring(0, 12) + "@example.org");
    }

    @Test
    void textThatIsNoAddressIsRefusedAndNothingIsMade() throws Exception {
        mailbox.attributes.put("address", "../../ada lovelace@example.org");

        ScriptRun created = mailbox.create();

        assertThat(created.exitCode()).isNotZero();
        assertThat(created.stderr()).contains("not an address");
        assertThat(directory.resolve("store")).isEmptyDirectory();
    }

    @Test
    void creationCutShortIsStartedAfreshAndAFinishedOneKept() throws Exception {
        Path unfinished = directory.resolve("store/mailboxes").resolve(mailbox.uuid);
        Files.createDirectories(unfinished.resolve("new"));
        Files.writeString(unfinished.resolve("new/half"), "Subj");

        assertThat(mailbox.create().exitCode()).isZero();
        assertThat(unfinished.resolve("new/half")).doesNotExist();
        deliver("new/1.second.host", "Second", 10);

        assertThat(mailbox.create().exitCode()).isZero();
        assertThat(mailbox.pull().used("messages")).isEqualByComparingTo("2");
    }

    @Test
    void terminateOfWhatWasNeverMadeIsFine() throws Exception {
        ScriptRun terminated = mailbox.terminate();

        assertThat(terminated.exitCode()).isZero();
        assertThat(terminated.stdout()).contains("Nothing to remove");
    }

    @Test
    void updateAndPullOfAMissingMailboxFailAndSayWhatToLookAt() throws Exception {
        assertThat(mailbox.update().stderr()).contains("it is not there").contains("docker.volumes");
        assertThat(mailbox.pull().exitCode()).isNotZero();
    }

    private String quota() throws IOException {
        return Files.readAllLines(mailbox.path().resolve("maildirsize")).get(0);
    }

    private void deliver(String file, String subject, int size) throws IOException {
        String message = "Subject: " + subject + "\n\n";
        Files.writeString(mailbox.path().resolve(file), message + "x".repeat(size - Math.min(size, message.length())));
    }
}

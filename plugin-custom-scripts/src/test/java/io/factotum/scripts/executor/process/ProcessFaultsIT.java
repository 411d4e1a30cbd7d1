package io.factotum.scripts.executor.process;

import static io.factotum.scripts.executor.Permissions.granted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.scripts.executor.Execution;
import io.factotum.scripts.executor.ExecutionLostException;
import io.factotum.scripts.executor.Exit;
import io.factotum.scripts.executor.RecordingSink;
import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunSpecs;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can happen to a run that is a process among others. */
final class ProcessFaultsIT {

    private final Path directory;
    private final Path marks;
    private Vertx vertx;
    private ProcessExecutor executor;

    ProcessFaultsIT(@TempDir Path directory) {
        this.directory = directory.resolve("runs");
        this.marks = directory.resolve("marks");
    }

    @BeforeEach
    void open() {
        vertx = Vertx.vertx();
        executor = new ProcessExecutor(vertx, directory);
    }

    @AfterEach
    void close() throws Exception {
        for (var leftover : await(executor.list())) {
            await(executor.remove(leftover.runTry()));
        }
        await(executor.close());
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private Execution startUntil(RunSpec spec, RecordingSink sink, String text) throws Exception {
        Execution execution = await(executor.start(spec, granted(), sink));
        sink.awaiting(text).get(60, TimeUnit.SECONDS);
        return execution;
    }

    private Future<Exit> adopt(RunSpec spec, RecordingSink sink) {
        return executor.adopt(spec, granted(), sink)
                .compose(found -> found.orElseThrow().exit());
    }

    private RunDirectory files(RunSpec spec) {
        return RunDirectory.of(directory, spec.runTry());
    }

    @Test
    void runThatWasPreparedAndNeverBegunIsBegunByWhoAdoptsIt() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ran");
        assertThat(files(spec).prepare(spec)).isTrue();
        RecordingSink sink = new RecordingSink();
        assertThat(await(adopt(spec, sink)).code()).isZero();
        assertThat(sink.out()).isEqualTo("ran\n");
    }

    @Test
    void lateWrapperFindsTheRunClaimedAndDoesNothing() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ran >>" + marks);
        assertThat(files(spec).prepare(spec)).isTrue();
        await(adopt(spec, new RecordingSink()));
        Process late = ProcessWrapper.launch(files(spec), spec.command());
        assertThat(late.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(late.exitValue()).isZero();
        assertThat(Files.readString(marks)).isEqualTo("ran\n");
    }

    @Test
    void manyWrappersAtOnceRunTheScriptOnce() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ran >>" + marks);
        assertThat(files(spec).prepare(spec)).isTrue();
        for (int i = 0; i < 10; i++) {
            ProcessWrapper.launch(files(spec), spec.command());
        }
        await(adopt(spec, new RecordingSink()));
        assertThat(Files.readString(marks)).isEqualTo("ran\n");
    }

    @Test
    void wrapperThatComesWhileItsRunIsRemovedDoesNotRunTheScript() throws Exception {
        for (int delay = 0; delay < 40; delay++) {
            RunSpec spec = RunSpecs.shell("sleep 0.2; echo ran >>" + marks);
            assertThat(files(spec).prepare(spec)).isTrue();
            Process wrapper = ProcessWrapper.launch(files(spec), spec.command());
            TimeUnit.MICROSECONDS.sleep(delay * 200L);
            await(executor.remove(spec.runTry()));
            assertThat(wrapper.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        TimeUnit.MILLISECONDS.sleep(400);
        assertThat(marks).doesNotExist();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatStillWritesIntoARemovedRunLeavesNothing() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ran");
        assertThat(files(spec).prepare(spec)).isTrue();
        Process writer = new ProcessBuilder(
                        "/bin/sh", "-c", "i=0; while [ $i -lt 20000 ] && echo >late.$i; do i=$((i+1)); done")
                .directory(files(spec).path().toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        await(executor.remove(spec.runTry()));
        assertThat(writer.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatAHostLeftHalfDoneIsRemovedOnceItIsOld() throws Exception {
        Path old = Files.createDirectories(directory.resolve(".part-1"));
        Files.writeString(old.resolve("environment"), "SECRET=3");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(660)));
        Path young = Files.createDirectories(directory.resolve(".trash-2"));
        await(executor.list());
        assertThat(directory).isDirectoryNotContaining(old::equals).isDirectoryContaining(young::equals);
    }

    @Test
    void runWhoseWrapperWasKilledIsLost() throws Exception {
        RunSpec spec = RunSpecs.shell("echo $$ >" + marks + "; echo ready; sleep 1000");
        Execution execution = startUntil(spec, new RecordingSink(), "ready");
        WrapperProcess wrapper = files(spec).begun().orElseThrow();
        wrapper.signal("KILL");
        assertThatThrownBy(() -> await(execution.exit())).hasCauseInstanceOf(ExecutionLostException.class);
        assertThatThrownBy(() -> await(adopt(spec, new RecordingSink())))
                .hasCauseInstanceOf(ExecutionLostException.class);
        ProcessHandle.of(Long.parseLong(Files.readString(marks).strip())).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void anotherProcessOfTheSameIdIsNotTakenForTheRun() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ran");
        assertThat(files(spec).prepare(spec)).isTrue();
        Files.writeString(
                files(spec).path().resolve("begun"), ProcessHandle.current().pid() + " another-boot 42\n");
        assertThatThrownBy(() -> await(adopt(spec, new RecordingSink())))
                .hasCauseInstanceOf(ExecutionLostException.class);
        await(executor.remove(spec.runTry()));
        assertThat(ProcessHandle.current().isAlive()).isTrue();
        assertThat(files(spec).exists()).isFalse();
    }

    @Test
    void backgroundChildrenEndWithTheRun() throws Exception {
        RunSpec spec = RunSpecs.shell("sleep 1000 & echo $! >" + marks);
        await(executor.start(spec, granted(), new RecordingSink()).compose(Execution::exit));
        long child = Long.parseLong(Files.readString(marks).strip());
        ProcessHandle.of(child)
                .ifPresent(handle ->
                        handle.onExit().orTimeout(20, TimeUnit.SECONDS).join());
        assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void runStandsInASessionOfItsOwn() throws Exception {
        RunSpec spec = RunSpecs.shell("echo ready; sleep 1000");
        startUntil(spec, new RecordingSink(), "ready");
        long wrapper = files(spec).begun().orElseThrow().pid();
        assertThat(session(wrapper)).isEqualTo(wrapper);
    }

    @Test
    void environmentIsTheSpecsAndNotTheHosts() throws Exception {
        RunSpec spec = RunSpecs.shell("env; ls -A .. >&2", Map.of("GIVEN", "1", "child", "2"), Map.of("SECRET", "3"));
        RecordingSink sink = new RecordingSink();
        await(executor.start(spec, granted(), sink).compose(Execution::exit));
        List<String> names = sink.out()
                .lines()
                .map(line -> line.substring(0, line.indexOf('=')))
                .toList();
        assertThat(names).contains("GIVEN", "SECRET", "PATH", "HOME", "LANG", "child");
        assertThat(names).isSubsetOf("GIVEN", "SECRET", "child", "PATH", "HOME", "LANG", "PWD", "OLDPWD", "SHLVL", "_");
        assertThat(sink.out()).contains("child=2");
        assertThat(sink.err()).doesNotContain("environment");
    }

    @Test
    void python3ServesWherePythonIsNotThere() throws Exception {
        Path bin = Files.createDirectories(directory.resolveSibling("bin"));
        Files.writeString(bin.resolve("python3"), "#!/bin/sh\necho three \"$@\"\n");
        assertThat(bin.resolve("python3").toFile().setExecutable(true)).isTrue();
        RunSpec spec = RunSpecs.with(
                RunSpecs.shell("", Map.of("PATH", bin.toString()), Map.of()),
                RunSpecs.SHELL_IMAGE,
                List.of("python", "-u"),
                RunSpecs.LIMITS);
        RecordingSink sink = new RecordingSink();
        Exit exit = await(executor.start(spec, granted(), sink).compose(Execution::exit));
        assertThat(sink.out()).isEqualTo("three -u script\n");
        assertThat(exit.code()).isZero();
    }

    @Test
    void runDirectoryIsForItsOwnerAlone() throws Exception {
        RunSpec spec = RunSpecs.shell(":");
        assertThat(files(spec).prepare(spec)).isTrue();
        assertThat(Files.getPosixFilePermissions(files(spec).path())).hasSize(3);
    }

    /** Field six of a process's stat: the session. */
    private static long session(long pid) throws Exception {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(") ") + 2).split(" ", -1)[3]);
    }
}

package io.factotum.scripts.executor.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** The small shell program that stands between this host and a script, and outlives this host. */
final class ProcessWrapper {

    /** Ends the script's process group by TERM. */
    static final String TERM = "TERM";
    /** Ends it by KILL: the wrapper must stay, to write down how the script ended. */
    static final String KILL = "USR1";

    private static final List<Path> SETSID = List.of(Path.of("/usr/bin/setsid"), Path.of("/bin/setsid"));

    /*
     * In the run's directory; $1 a token, $2 setsid if there is one, then the command. A hard link is the claim: made
     * once or not at all, and never seen half written. Where several hosts start a run, one wrapper gets it. A trap
     * interrupts the wait, which then tells the trap's signal, whether the script has ended or not: it is waited for again,
     * and where that says 127, no such child, the wait before had told the truth.
     */
    private static final String WRAPPER = """
            token=$1 setsid=$2 inner=$3
            shift 3
            if [ -r "/proc/$$/stat" ]; then
                read -r boot </proc/sys/kernel/random/boot_id
                stat=$(cat "/proc/$$/stat")
                identity="$boot $(echo "${stat##*) }" | cut -d' ' -f20)"
            else
                identity=$(LC_ALL=C ps -o lstart= -p $$)
            fi
            echo "$$ $identity" >"claim.$token"
            ln "claim.$token" begun 2>/dev/null || exit 0
            child= signal= trapped=
            pass() {
                signal=$1 trapped=1
                [ -z "$child" ] || kill -s "$1" -- "-$child" 2>/dev/null || kill -s "$1" "$child" 2>/dev/null
            }
            trap 'pass TERM' TERM
            trap 'pass KILL' USR1
            trap 'trapped=1' INT HUP
            if [ -n "$setsid" ]; then
                "$setsid" /bin/sh -c "$inner" factotum "$@" </dev/null >stdout 2>stderr &
            else
                set -m
                /bin/sh -c "$inner" factotum "$@" </dev/null >stdout 2>stderr &
                set +m
            fi
            child=$!
            [ -z "$signal" ] || pass "$signal"
            code=127
            while :; do
                trapped=
                wait "$child"
                waited=$?
                [ "$waited" != 127 ] || [ "$code" = 127 ] || break
                code=$waited
                [ -n "$trapped" ] || break
            done
            kill -s KILL -- "-$child" 2>/dev/null
            echo "$code" >exit.part && mv exit.part exit
            """;

    /*
     * The environment comes from a file, removed before anything else runs: Java would write it in the charset of this
     * host's locale, and the wrapper's own variables must not meet the script's.
     */
    private static final String INNER = """
            exec 3<environment && rm environment && cd work && . /dev/fd/3 && exec 3<&- || exit 126
            if [ "$1" = python ] && ! command -v python >/dev/null; then
                shift
                set -- python3 "$@"
            fi
            exec "$@" script
            """;

    private ProcessWrapper() {}

    /** Starts it in a session of its own: what ends this host, or its terminal, does not reach it. */
    static Process launch(RunDirectory directory, List<String> command) throws IOException {
        String setsid = SETSID.stream()
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse("");
        List<String> line = new ArrayList<>();
        if (!setsid.isEmpty()) {
            line.add(setsid);
        }
        line.addAll(
                List.of("/bin/sh", "-c", WRAPPER, "factotum", UUID.randomUUID().toString(), setsid, INNER));
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(directory.path().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(directory.path().resolve("wrapper.log").toFile());
        onlyWhatAScriptNeeds(builder.environment());
        return builder.start();
    }

    // This host's environment may hold secrets of its own.
    private static void onlyWhatAScriptNeeds(Map<String, String> environment) {
        String path = environment.get("PATH");
        String home = environment.get("HOME");
        environment.clear();
        environment.put("PATH", Objects.requireNonNullElse(path, "/usr/local/bin:/usr/bin:/bin"));
        environment.put("HOME", Objects.requireNonNullElse(home, "/"));
        environment.put("LANG", "C.UTF-8");
    }
}

package io.factotum.scripts.executor.kubernetes;

import io.factotum.scripts.executor.RunTry;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The first process of a script's container: a shell that begins the script, tells its two streams apart, passes TERM
 * on and ends with the script's exit code.
 *
 * <p>A cluster's log is one stream. Standard output goes there as it is; standard error goes there in frames: a mark that
 * only this run has, a letter, a piece of at most {@value #PIECE} bytes, an end of line. A frame is written at once, and as
 * small as this nothing can come in between. {@link LogDemux} takes the frames out again.
 */
final class PodWrapper {

    /** Something the wrapper needs is missing in the image; it says what on its output. */
    static final int UNUSABLE = 112;

    static final String WORK = "/work";
    static final String TMP = "/tmp";
    static final String SECRET = "/factotum/script";
    static final String SHELL = "/factotum/shell";

    /** A script has begun. */
    static final byte BEGIN = 'B';
    /** A piece of standard error with the end of its line. */
    static final byte LINE = 'E';
    /** A piece without. */
    static final byte PIECE_OF_LINE = 'e';
    /** The script has ended, with this code, and nothing comes any more. */
    static final byte END = 'X';

    // Small enough for the output buffer of any libc (musl's has 1024 bytes), so that a frame is one write.
    private static final int PIECE = 900;

    /*
     * $1 mark, then the command. The script's environment is read only in the process that becomes the script, and what is
     * set here has names that no script uses. What the script leaves running is killed at its end, so that standard error
     * ends too; the framer and what it has started is spared, and ends by itself. What this shell has to say from then on,
     * as that a signal has ended the script, must not look like standard output.
     */
    private static final String WRAPPER = """
            PATH="$PATH:/usr/local/bin:/usr/bin:/bin:/factotum/shell"
            cd /work && [ -w . ] || { echo "/work cannot be written to"; exit 112; }
            if [ -e /factotum/script/script.gz ]; then
                gzip -dc </factotum/script/script.gz >script || exit 112
                gzip -dc </factotum/script/environment.gz >/tmp/.factotum-environment || exit 112
            else
                cat /factotum/script/script >script || exit 112
                cat /factotum/script/environment >/tmp/.factotum-environment || exit 112
            fi
            command -v "$2" >/dev/null || { echo "the command '$2' is not in the image"; exit 112; }
            mkfifo /tmp/.factotum-stderr || exit 112
            (
                LC_ALL=C
                trap '' TERM
                while IFS= read -r _factotum_l; do
                    if [ "${#_factotum_l}" -gt 900 ]; then
                        printf '%s\\n' "$_factotum_l" | fold -b -w 900 | while IFS= read -r _factotum_l; do
                            printf '%se%s\\n' "$1" "$_factotum_l"
                        done
                        _factotum_l=
                    fi
                    printf '%sE%s\\n' "$1" "$_factotum_l"
                done
                if [ -n "$_factotum_l" ]; then
                    printf '%s' "$_factotum_l" | fold -b -w 900 | {
                        while IFS= read -r _factotum_l; do printf '%se%s\\n' "$1" "$_factotum_l"; done
                        [ -z "$_factotum_l" ] || printf '%se%s\\n' "$1" "$_factotum_l"
                    }
                fi
            ) </tmp/.factotum-stderr &
            _factotum_f=$!
            exec 9>/tmp/.factotum-stderr
            rm -f /tmp/.factotum-stderr
            printf '%sB\\n' "$1"
            (
                . /tmp/.factotum-environment
                rm -f /tmp/.factotum-environment
                shift
                exec "$@" script 2>&9 9>&-
            ) </dev/null &
            _factotum_c=$!
            exec 9>&- 2>/dev/null
            trap '_factotum_t=1; kill -TERM "$_factotum_c" 2>/dev/null' TERM
            _factotum_s=127
            while :; do
                _factotum_t=
                wait "$_factotum_c"
                _factotum_w=$?
                [ "$_factotum_w" != 127 ] || [ "$_factotum_s" = 127 ] || break
                _factotum_s=$_factotum_w
                [ -n "$_factotum_t" ] || break
            done
            trap '' TERM
            for _factotum_n in 1 2 3; do
                for _factotum_p in /proc/[0-9]*; do
                    _factotum_p=${_factotum_p#/proc/}
                    [ "$_factotum_p" = "$$" ] || [ "$_factotum_p" = "$_factotum_f" ] || {
                        read -r _ _ _ _factotum_o _ <"/proc/$_factotum_p/stat" || continue
                        [ "$_factotum_o" = "$_factotum_f" ] || kill -KILL "$_factotum_p"
                    } 2>/dev/null
                done
            done
            wait "$_factotum_f"
            printf '%sX%s\\n' "$1" "$_factotum_s"
            exit "$_factotum_s"
            """;

    private PodWrapper() {}

    /** The run's own mark. It starts with a character that text does not have. */
    static String mark(UUID runId) {
        return "\u001e" + RunTry.first(runId).name();
    }

    /** A container's command, with the image's own shell or the one that is lent. */
    static List<String> command(boolean lentShell) {
        return lentShell ? List.of(SHELL + "/sh") : List.of("/bin/sh");
    }

    /** A container's arguments. Nothing secret is in them. */
    static List<String> arguments(UUID runId, List<String> command) {
        List<String> line = new ArrayList<>(List.of("-c", WRAPPER, "factotum", mark(runId)));
        line.addAll(command);
        return line;
    }
}

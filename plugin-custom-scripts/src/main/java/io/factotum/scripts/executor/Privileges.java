package io.factotum.scripts.executor;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a run may do beyond what every run may: nothing, as a rule.
 *
 * @param names {@link #WRITABLE_ROOT}, {@link #NEW_PRIVILEGES}, {@link #NO_SECCOMP}, and Linux capabilities without
 *     their {@code CAP_}
 */
public record Privileges(Set<String> names) {

    /** The image's own files may be written to; what is written goes with the container. */
    public static final String WRITABLE_ROOT = "writable-root";

    /** A program such as sudo may gain more than its caller has. */
    public static final String NEW_PRIVILEGES = "new-privileges";

    /** Every system call that the kernel has, not those of the engine's default profile alone. */
    public static final String NO_SECCOMP = "no-seccomp";

    /** Nothing more. */
    public static final Privileges NONE = new Privileges(Set.of());

    private static final Set<String> OF_THE_CONTAINER = Set.of(WRITABLE_ROOT, NEW_PRIVILEGES, NO_SECCOMP);

    private static final Set<String> CAPABILITIES = Set.of(
            "AUDIT_CONTROL",
            "AUDIT_READ",
            "AUDIT_WRITE",
            "BLOCK_SUSPEND",
            "BPF",
            "CHECKPOINT_RESTORE",
            "CHOWN",
            "DAC_OVERRIDE",
            "DAC_READ_SEARCH",
            "FOWNER",
            "FSETID",
            "IPC_LOCK",
            "IPC_OWNER",
            "KILL",
            "LEASE",
            "LINUX_IMMUTABLE",
            "MAC_ADMIN",
            "MAC_OVERRIDE",
            "MKNOD",
            "NET_ADMIN",
            "NET_BIND_SERVICE",
            "NET_BROADCAST",
            "NET_RAW",
            "PERFMON",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYSLOG",
            "SYS_ADMIN",
            "SYS_BOOT",
            "SYS_CHROOT",
            "SYS_MODULE",
            "SYS_NICE",
            "SYS_PACCT",
            "SYS_PTRACE",
            "SYS_RAWIO",
            "SYS_RESOURCE",
            "SYS_TIME",
            "SYS_TTY_CONFIG",
            "WAKE_ALARM");

    /** Checks the names. Fails with {@link IllegalArgumentException} if one is unknown. */
    public Privileges {
        names = Set.copyOf(names);
        for (String name : names) {
            if (!isKnown(name)) {
                throw new IllegalArgumentException("'" + name + "' is no privilege. Expected " + known());
            }
        }
    }

    /** Those of the names. */
    public static Privileges of(Collection<String> names) {
        return new Privileges(Set.copyOf(names));
    }

    /** Whether there is a privilege of that name. */
    public static boolean isKnown(String name) {
        return OF_THE_CONTAINER.contains(name) || CAPABILITIES.contains(name);
    }

    /** What names there are, for messages. */
    public static String known() {
        return String.join(", ", new TreeSet<>(OF_THE_CONTAINER)) + ", or a Linux capability such as NET_RAW";
    }

    /** Whether this one was given. */
    public boolean has(String name) {
        return names.contains(name);
    }

    /** The capabilities, without their {@code CAP_}. */
    public Set<String> capabilities() {
        Set<String> capabilities = new TreeSet<>(names);
        capabilities.retainAll(CAPABILITIES);
        return capabilities;
    }
}

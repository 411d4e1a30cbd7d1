package io.factotum.host.endtoend;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** A look into the JVM of a running host. */
final class HostJvm implements AutoCloseable {

    private static final String LOADER = "io.factotum.host.plugin.PluginClassLoader";

    private final JMXConnector connector;
    private final MBeanServerConnection server;

    // The address comes from a process that the test has started.
    @SuppressWarnings("BanJNDI")
    HostJvm(long pid) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                connector = JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
            } finally {
                machine.detach();
            }
            server = connector.getMBeanServerConnection();
        } catch (IOException | AttachNotSupportedException failure) {
            throw new AssertionError("Cannot look into the JVM of the host", failure);
        }
    }

    /** How many class loaders of plugins are alive after a full collection. */
    long pluginLoaders() {
        try {
            String histogram = (String) server.invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
            return histogram
                    .lines()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(words -> words.length >= 4 && words[3].equals(LOADER))
                    .mapToLong(words -> Long.parseLong(words[1]))
                    .sum();
        } catch (JMException | IOException failure) {
            throw new AssertionError("Cannot count the class loaders of the host", failure);
        }
    }

    long metaspaceBytes() {
        try {
            return ManagementFactory.getPlatformMXBeans(server, MemoryPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("Metaspace"))
                    .mapToLong(pool -> pool.getUsage().getUsed())
                    .sum();
        } catch (IOException failure) {
            throw new AssertionError("Cannot ask the host for its metaspace", failure);
        }
    }

    /** The names of its threads but for those of this look and of the JVM's own compiling. */
    List<String> threads() {
        try {
            ThreadMXBean threads = ManagementFactory.getPlatformMXBean(server, ThreadMXBean.class);
            return Arrays.stream(threads.dumpAllThreads(false, false))
                    .map(ThreadInfo::getThreadName)
                    .filter(name -> !name.startsWith("RMI ") && !name.startsWith("JMX ") && !name.contains("Compiler"))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw new AssertionError("Cannot ask the host for its threads", failure);
        }
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}

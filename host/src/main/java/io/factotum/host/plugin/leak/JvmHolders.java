package io.factotum.host.plugin.leak;

import java.lang.management.ManagementFactory;
import java.security.Provider;
import java.security.Security;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What of the Java runtime holds a class loader: registries for the whole process. */
final class JvmHolders {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(JvmHolders.class);

    private JvmHolders() {}

    /** @param define has the loader define a class of the host's once more */
    static List<String> of(ClassLoader loader, Function<Class<?>, @Nullable Class<?>> define) {
        List<String> found = new ArrayList<>();
        addDrivers(define, found);
        addLogHandlers(loader, found);
        for (Provider provider : Security.getProviders()) {
            if (Reach.isOf(provider, loader)) {
                found.add("security provider '%s'".formatted(provider.getName()));
            }
        }
        addBeans(loader, found);
        addShutdownHooks(loader, found);
        return found;
    }

    @SuppressWarnings("unchecked") // It is what it was made of.
    private static void addDrivers(Function<Class<?>, @Nullable Class<?>> define, List<String> found) {
        try {
            Class<?> probe = define.apply(DriverProbe.class);
            if (probe != null) {
                ((Supplier<List<String>>) probe.getConstructor().newInstance())
                        .get()
                        .forEach(driver -> found.add("JDBC driver '%s'".formatted(driver)));
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError unseen) {
            LOG.debug("JDBC drivers cannot be looked at", unseen);
        }
    }

    private static void addLogHandlers(ClassLoader loader, List<String> found) {
        LogManager logs = LogManager.getLogManager();
        for (String name : Collections.list(logs.getLoggerNames())) {
            Logger logger = logs.getLogger(name);
            for (Handler handler : logger == null ? new Handler[0] : logger.getHandlers()) {
                if (Reach.isOf(handler, loader)) {
                    found.add("java.util.logging handler '%s' of logger '%s'"
                            .formatted(handler.getClass().getName(), name));
                }
            }
        }
    }

    private static void addBeans(ClassLoader loader, List<String> found) {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : beans.queryNames(null, null)) {
            try {
                if (beans.getClassLoaderFor(name) == loader) {
                    found.add("MBean '%s'".formatted(name));
                }
            } catch (JMException goneMeanwhile) {
                LOG.trace("MBean is gone name={}", name);
            }
        }
    }

    private static void addShutdownHooks(ClassLoader loader, List<String> found) {
        try {
            var hooks = Class.forName("java.lang.ApplicationShutdownHooks").getDeclaredField("hooks");
            if (hooks.trySetAccessible() && hooks.get(null) instanceof Map<?, ?> threads) {
                for (Object thread : List.copyOf(threads.keySet())) {
                    if (Reach.isOf(thread, loader)
                            || Reach.isOf(Fields.read(thread, "target"), loader)
                            || Reach.isOf(Fields.read(thread, "contextClassLoader"), loader)) {
                        found.add("shutdown hook '%s'".formatted(((Thread) thread).getName()));
                    }
                }
            }
        } catch (ReflectiveOperationException | RuntimeException unseen) {
            LOG.debug("Shutdown hooks cannot be looked at", unseen);
        }
    }
}

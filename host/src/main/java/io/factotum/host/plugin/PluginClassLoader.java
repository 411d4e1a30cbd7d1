package io.factotum.host.plugin;

import io.factotum.api.Plugin;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One plugin's classes: the JDK, what {@link ClassOrigin} lends of the host, and its own jar. What is the plugin's own is
 * never sought in the host, so that a missing class is missing, not of another version.
 */
final class PluginClassLoader extends URLClassLoader {

    static {
        registerAsParallelCapable();
        // The cache would keep every jar open that anything was read from, and give a reloaded jar the old one's bytes.
        URLConnection.setDefaultUseCaches("jar", false);
    }

    private static final Set<String> JDK_PACKAGES = ModuleLayer.boot().modules().stream()
            .filter(module -> module.getClassLoader() != ClassLoader.getSystemClassLoader())
            .flatMap(module -> module.getPackages().stream())
            .collect(Collectors.toUnmodifiableSet());

    private final ClassLoader host;
    private final URL jar;
    private final JarClasses classes;
    private final ProtectionDomain domain;
    private volatile boolean closed;

    PluginClassLoader(String name, Path jar, ClassLoader host) {
        this(name, jar, url(jar), host);
    }

    private PluginClassLoader(String name, Path file, URL jar, ClassLoader host) {
        super(name, new URL[] {jar}, ClassLoader.getPlatformClassLoader());
        this.host = host;
        this.jar = jar;
        this.classes = new JarClasses(file);
        this.domain = new ProtectionDomain(new CodeSource(jar, (CodeSigner[]) null), null, this, null);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return switch (ClassOrigin.ofClass(name)) {
            case HOST -> host.loadClass(name);
            case HOST_THEN_PLUGIN -> loadHostsFirst(name, resolve);
            case PLUGIN -> isOfJdk(name) ? super.loadClass(name, resolve) : loadOwnFirst(name, resolve);
        };
    }

    private static boolean isOfJdk(String name) {
        int end = name.lastIndexOf('.');
        return end > 0 && JDK_PACKAGES.contains(name.substring(0, end));
    }

    // What the JDK cannot have is not sought there first: each search in vain costs an exception. An agent may still
    // have added classes to it that the plugin's refer to.
    private Class<?> loadOwnFirst(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                try {
                    loaded = findClass(name);
                } catch (ClassNotFoundException notInTheJar) {
                    return super.loadClass(name, resolve);
                }
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }

    private Class<?> loadHostsFirst(String name, boolean resolve) throws ClassNotFoundException {
        try {
            return host.loadClass(name);
        } catch (ClassNotFoundException notOfTheHost) {
            return super.loadClass(name, resolve);
        }
    }

    // URLClassLoader would make URLs and a code source for each class, 5 to 10 % of the time that loading takes, and
    // follow the manifest's Class-Path to jars that nobody has checked.
    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (closed) {
            throw new PluginClosedException(getName(), name);
        }
        try {
            byte[] bytes = classes.read(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            definePackageOf(name);
            return defineClass(name, bytes, 0, bytes.length, domain);
        } catch (IOException unreadable) {
            throw closed
                    ? new PluginClosedException(getName(), name)
                    : new ClassNotFoundException(
                            "Cannot load class '%s': jar '%s' cannot be read: %s. Load the plugin again."
                                    .formatted(name, jar.getPath(), unreadable.getMessage()),
                            unreadable);
        }
    }

    private void definePackageOf(String className) throws IOException {
        int end = className.lastIndexOf('.');
        String name = end < 0 ? "" : className.substring(0, end);
        if (name.isEmpty() || getDefinedPackage(name) != null) {
            return;
        }
        Manifest manifest = classes.manifest();
        try {
            definePackage(name, manifest == null ? new Manifest() : manifest, jar);
        } catch (IllegalArgumentException byAnotherThread) {
            // It is there, which is what was wanted.
        }
    }

    @Override
    public @Nullable URL getResource(String name) {
        URL hosts = ClassOrigin.ofResource(name) == ClassOrigin.PLUGIN ? null : host.getResource(name);
        return hosts != null || ClassOrigin.ofResource(name) == ClassOrigin.HOST ? hosts : super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        return switch (ClassOrigin.ofResource(name)) {
            case HOST -> host.getResources(name);
            case HOST_THEN_PLUGIN -> {
                List<URL> both = new ArrayList<>(Collections.list(host.getResources(name)));
                both.addAll(Collections.list(super.getResources(name)));
                yield Collections.enumeration(both);
            }
            case PLUGIN -> super.getResources(name);
        };
    }

    @Override
    public @Nullable URL findResource(String name) {
        URL found = super.findResource(name);
        return found != null && isOfJar(found) ? found : null;
    }

    @Override
    public Enumeration<URL> findResources(String name) throws IOException {
        return Collections.enumeration(Collections.list(super.findResources(name)).stream()
                .filter(this::isOfJar)
                .toList());
    }

    private boolean isOfJar(URL resource) {
        return resource.getPath().startsWith(jar + "!/");
    }

    /** The class that a plugin names as its entry point. Runs its static initialiser. */
    Class<?> loadMain(String name) throws ClassNotFoundException {
        findMain(name);
        return Class.forName(name, true, this);
    }

    /** The same without running any of its code. */
    Class<?> findMain(String name) throws ClassNotFoundException {
        Class<?> main = Class.forName(name, false, this);
        if (!Plugin.class.isAssignableFrom(main)) {
            throw new ClassCastException(
                    "class %s does not implement %s".formatted(main.getName(), Plugin.class.getName()));
        }
        return main;
    }

    /** Makes the plugin; throws what its constructor throws. */
    static Plugin newInstance(Class<?> main) throws Exception {
        try {
            return (Plugin) main.getConstructor().newInstance();
        } catch (InvocationTargetException thrownInside) {
            if (thrownInside.getCause() instanceof Error error) {
                throw error;
            }
            throw thrownInside.getCause() instanceof Exception exception ? exception : thrownInside;
        }
    }

    /** Has a loader define a class of the host's once more, as its own; null if it cannot. */
    static Function<Class<?>, @Nullable Class<?>> definer(ClassLoader loader) {
        return type -> loader instanceof PluginClassLoader plugins ? plugins.define(type) : null;
    }

    private @Nullable Class<?> define(Class<?> hosts) {
        String name = hosts.getName();
        synchronized (getClassLoadingLock(name)) {
            Class<?> already = findLoadedClass(name);
            if (already != null) {
                return already;
            }
            try (InputStream in = hosts.getResourceAsStream(hosts.getSimpleName() + ".class")) {
                byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
                return bytes.length == 0 ? null : defineClass(name, bytes, 0, bytes.length);
            } catch (IOException unreadable) {
                return null;
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try (classes) {
            super.close();
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalArgumentException("Cannot load jar '%s': its path has no URL.".formatted(jar), impossible);
        }
    }
}

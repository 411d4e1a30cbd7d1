package io.factotum.host.plugin;

/** Where a plugin is in its life. */
enum PluginState {
    /** A file that may still be being written. */
    DISCOVERED,
    /** A whole, checked jar in its private place. */
    STAGED,
    /** Its configuration is read, its main class loaded and made. */
    RESOLVED,
    /** It has been told to start. */
    STARTING,
    /** It runs. */
    ACTIVE,
    /** It has been told to stop. */
    STOPPING,
    /** It has stopped, since the host stops. */
    STOPPED,
    /** It was switched off by a person. */
    DISABLED,
    /** The jar is not one that can be loaded. */
    REJECTED,
    /** It could not be made or started; nothing of it runs. */
    FAILED,
    /** It was told to stop and holds on to a thread; its id stays taken until the host is started again. */
    STUCK,
    /** Its jar is gone and it is unloaded. Told, and then forgotten. */
    REMOVED
}

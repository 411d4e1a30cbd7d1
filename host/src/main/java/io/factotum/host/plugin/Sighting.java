package io.factotum.host.plugin;

/** What a look at the plugins directory found out about one file in it. */
sealed interface Sighting {

    /** The file's name. */
    String file();

    /** It is there and may still be being written; broken if it was read and is no whole zip file. */
    record Arriving(String file, boolean broken, String note) implements Sighting {}

    /** It is whole, and a plugin. */
    record Staged(String file, StagedJar jar) implements Sighting {}

    /** It is not a plugin that can be loaded, and is let be until its bytes change. */
    record Rejected(String file, String sha256, String reason) implements Sighting {}

    /** It is there no more. */
    record Removed(String file) implements Sighting {}
}

package io.factotum.scripts.executor.docker;

/** The parts of an image's name. */
record ImageName(String text) {

    /** What Docker's configuration calls its own registry. */
    static final String DOCKER_HUB = "https://index.docker.io/v1/";

    /** Without tag and digest. */
    String repository() {
        int end = text.indexOf('@');
        int colon = tagColon();
        return end >= 0 ? text.substring(0, end) : colon < 0 ? text : text.substring(0, colon);
    }

    /** The tag or the digest. A name with neither would pull every tag there is, so it means the latest. */
    String tag() {
        int digest = text.indexOf('@');
        int colon = tagColon();
        return digest >= 0 ? text.substring(digest + 1) : colon < 0 ? "latest" : text.substring(colon + 1);
    }

    /** Where it comes from, as Docker's configuration names it: a host, with its port. */
    String registry() {
        int slash = text.indexOf('/');
        String first = slash < 0 ? "" : text.substring(0, slash);
        boolean isHost = first.contains(".") || first.contains(":") || first.equals("localhost");
        return isHost && !first.equals("docker.io") && !first.equals("index.docker.io") ? first : DOCKER_HUB;
    }

    // A colon before a slash belongs to a port.
    private int tagColon() {
        int colon = text.lastIndexOf(':');
        return colon > text.lastIndexOf('/') ? colon : -1;
    }
}

package io.factotum.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Addresses that lead into this machine, its links, or a cloud's metadata service: a webhook has no business there. */
final class Surroundings {

    private static final String METADATA = "an address of a cloud's metadata service";

    /** Those of the known clouds that are not link-local anyway. */
    private static final Map<InetAddress, String> METADATA_SERVICES = Map.of(
            literal(100, 100, 100, 200), METADATA,
            literal(168, 63, 129, 16), METADATA,
            literal(192, 0, 0, 192), METADATA,
            literal(0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54), METADATA,
            literal(0xfd, 0x20, 0x00, 0xce, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54), METADATA);

    private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    private static final byte[] SIX_TO_FOUR = {0x20, 0x02};

    private Surroundings() {}

    /** What it is, if it is one of these. */
    static Optional<String> of(InetAddress given) {
        InetAddress address = embedded(given);
        if (address.isLoopbackAddress()) {
            return Optional.of("an address of this machine (loopback)");
        }
        // All of 0.0.0.0/8 stands for this machine.
        if (address.isAnyLocalAddress() || (address.getAddress().length == 4 && address.getAddress()[0] == 0)) {
            return Optional.of("no address of a host (unspecified)");
        }
        if (address.isLinkLocalAddress()) {
            return Optional.of("a link-local address, as metadata services have");
        }
        if (address.isMulticastAddress() || Arrays.equals(address.getAddress(), new byte[] {-1, -1, -1, -1})) {
            return Optional.of("no address of one host (multicast or broadcast)");
        }
        return Optional.ofNullable(METADATA_SERVICES.get(address));
    }

    /** The IPv4 address that an IPv6 address carries in itself, and leads to; else itself. */
    private static InetAddress embedded(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != 16) {
            return address;
        }
        boolean compatible =
                startsWith(bytes, new byte[12]) && !address.isLoopbackAddress() && !address.isAnyLocalAddress();
        if (compatible || startsWith(bytes, NAT64)) {
            return ofBytes(Arrays.copyOfRange(bytes, 12, 16));
        }
        return startsWith(bytes, SIX_TO_FOUR) ? ofBytes(Arrays.copyOfRange(bytes, 2, 6)) : address;
    }

    private static boolean startsWith(byte[] bytes, byte[] start) {
        return Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }

    private static InetAddress literal(int... parts) {
        byte[] bytes = new byte[parts.length];
        for (int i = 0; i < parts.length; i++) {
            bytes[i] = (byte) parts[i];
        }
        return ofBytes(bytes);
    }

    private static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("4 or 16 bytes are an address", impossible);
        }
    }
}

package io.factotum.scripts.executor.docker;

/** What the POSIX command {@code cksum} says of a file: a CRC and the length. Every image with a shell has it. */
final class Cksum {

    private static final int POLYNOMIAL = 0x04C11DB7;
    private static final int[] TABLE = table();

    private Cksum() {}

    static String of(byte[] bytes) {
        int crc = 0;
        for (byte value : bytes) {
            crc = next(crc, value);
        }
        // The length is part of what is summed, lowest byte first, without leading zeros.
        for (int length = bytes.length; length != 0; length >>>= Byte.SIZE) {
            crc = next(crc, length);
        }
        return Integer.toUnsignedString(~crc) + " " + bytes.length;
    }

    private static int next(int crc, int value) {
        return (crc << Byte.SIZE) ^ TABLE[((crc >>> 24) ^ value) & 0xFF];
    }

    private static int[] table() {
        int[] table = new int[256];
        for (int index = 0; index < table.length; index++) {
            int crc = index << 24;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = (crc << 1) ^ (crc < 0 ? POLYNOMIAL : 0);
            }
            table[index] = crc;
        }
        return table;
    }
}

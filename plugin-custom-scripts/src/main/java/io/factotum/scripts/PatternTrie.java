package io.factotum.scripts;

import java.util.Arrays;
import java.util.Collection;

/**
 * An Aho-Corasick automaton over bytes: a state is the longest end of what was read that begins a pattern. Immutable.
 *
 * <p>Patterns branch near the root and are chains below, so children are linked lists, and only the root has a table.
 */
final class PatternTrie {

    static final int ROOT = 0;

    private final int[] rootChild = new int[256];
    private byte[] label = new byte[64];
    private int[] firstChild = new int[64];
    private int[] nextSibling = new int[64];
    private int[] fail = new int[64];
    private int[] depth = new int[64];
    private int[] matched = new int[64];
    private int size = 1;

    /** Of patterns whose characters are bytes, none empty. */
    PatternTrie(Collection<String> patterns) {
        patterns.forEach(this::add);
        link();
    }

    /** Whether this byte leads from the root to itself. */
    boolean staysAtRoot(byte value) {
        return rootChild[value & 0xff] == ROOT;
    }

    int next(int state, byte value) {
        int from = state;
        while (from != ROOT) {
            int child = child(from, value);
            if (child != ROOT) {
                return child;
            }
            from = fail[from];
        }
        return rootChild[value & 0xff];
    }

    /** How many of the bytes read last begin a pattern. */
    int depth(int state) {
        return depth[state];
    }

    /** The length of the longest pattern that ends here, 0 if none does. */
    int matched(int state) {
        return matched[state];
    }

    private int child(int state, byte value) {
        if (state == ROOT) {
            return rootChild[value & 0xff];
        }
        int child = firstChild[state];
        while (child != ROOT && label[child] != value) {
            child = nextSibling[child];
        }
        return child;
    }

    private void add(String pattern) {
        int state = ROOT;
        for (int i = 0; i < pattern.length(); i++) {
            byte value = (byte) pattern.charAt(i);
            int child = child(state, value);
            state = child == ROOT ? addChild(state, value) : child;
        }
        matched[state] = pattern.length();
    }

    private int addChild(int parent, byte value) {
        if (size == label.length) {
            grow();
        }
        int child = size++;
        label[child] = value;
        depth[child] = depth[parent] + 1;
        if (parent == ROOT) {
            rootChild[value & 0xff] = child;
        }
        nextSibling[child] = firstChild[parent];
        firstChild[parent] = child;
        return child;
    }

    private void grow() {
        int capacity = size * 2;
        label = Arrays.copyOf(label, capacity);
        firstChild = Arrays.copyOf(firstChild, capacity);
        nextSibling = Arrays.copyOf(nextSibling, capacity);
        fail = Arrays.copyOf(fail, capacity);
        depth = Arrays.copyOf(depth, capacity);
        matched = Arrays.copyOf(matched, capacity);
    }

    /** Level by level, so that what a state falls back to is complete before the state itself. */
    private void link() {
        int[] queue = new int[size];
        int tail = 1;
        for (int head = 0; head < tail; head++) {
            int state = queue[head];
            for (int child = firstChild[state]; child != ROOT; child = nextSibling[child]) {
                fail[child] = state == ROOT ? ROOT : next(fail[state], label[child]);
                matched[child] = Math.max(matched[child], matched[fail[child]]);
                queue[tail++] = child;
            }
        }
    }
}

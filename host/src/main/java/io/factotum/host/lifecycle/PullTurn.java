package io.factotum.host.lifecycle;

import java.util.List;

/** Orders go before pulls; yet one claim in ten is a pull's while pulls wait, so that none waits for ever. */
final class PullTurn {

    /** Claims of orders that earn the pulls one. */
    static final int ORDERS = 9;

    private int orders;

    /** How many pulls go before the orders when so many slots are free. */
    int owed(int free) {
        return Math.min(free, orders / ORDERS);
    }

    /** What a claim took when so many were owed. Pulls that were not there to be taken are owed no longer. */
    void taken(int owed, List<Delivery> deliveries) {
        orders -= owed * ORDERS;
        for (Delivery delivery : deliveries) {
            orders += delivery.isPull() ? 0 : 1;
        }
    }
}

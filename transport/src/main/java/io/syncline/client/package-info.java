/**
 * Producer, Consumer and Admin: what an application holds.
 * <p>
 * Every object here belongs to one thread and has no thread of its own: the application turns it with {@code poll()},
 * and callbacks run inside that call. A client keeps a session ({@code BrokerLink}) to every broker it knows, so that
 * the news of a failover comes from whichever broker is alive, and redirects, reconnects and retries stay inside the
 * client.
 * <pre>
 *   Producer ─┐                     ┌─ BrokerLink 1 ── request, produce, fetch ──▶ broker 1
 *   Consumer ─┼─ ClientSession ─────┼─ BrokerLink 2        ◀── response, produce ack, deliver
 *   Admin ────┘   ClusterView       └─ BrokerLink 3
 * </pre>
 * Flow conditions are codes of {@link io.syncline.protocol.Codes}; only blocking conveniences throw, always
 * {@link io.syncline.client.ClientException}.
 */
package io.syncline.client;

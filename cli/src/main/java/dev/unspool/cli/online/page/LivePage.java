// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.page;

import com.sun.net.httpserver.HttpServer;
import dev.unspool.cli.html.Page;
import dev.unspool.cli.online.OnlineConfig;
import dev.unspool.cli.online.StreamPage;
import dev.unspool.cli.online.StreamStatus;
import dev.unspool.cli.online.WatchedRows;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Reason;
import dev.unspool.cli.run.UsageException;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A page about a stream that runs. The stream's thread leaves a view and goes on; a thread of this
 * page makes events of it, and each reader has a thread of its own.
 */
public final class LivePage implements StreamPage, Closeable {
  private static final int BACKLOG = 64;
  private static final int WAITING_VIEWS = 8;
  private static final int KEPT_EVENTS = 300;
  private static final long KEPT_BYTES = 1 << 20;
  private static final long LOOK_MILLIS = 1000;

  /** Connections at a time: readers of events, and as many again who ask for something else. */
  static final int MOST_CONNECTIONS = 128;

  /** Seconds in which a client has to have said what it wants. */
  private static final int REQUEST_SECONDS = 5;

  static {
    // The server reads them when the first one is made; whoever starts the JVM may say otherwise.
    limit("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
    limit("jdk.httpserver.maxConnections", MOST_CONNECTIONS);
  }

  private final HttpServer server;
  private final long patienceNanos;
  private final Deliveries deliveries = new Deliveries();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("unspool-page-", 0).factory());
  private final BlockingQueue<View> views = new ArrayBlockingQueue<>(WAITING_VIEWS);
  private final Thread publisher =
      Thread.ofPlatform().daemon().name("unspool-page").unstarted(this::publish);
  private volatile @Nullable Standing standing;
  private volatile @Nullable Feed feed;
  private volatile boolean closed;

  /** Records at the newest event. */
  private long published = -1;

  /**
   * What an event says.
   *
   * @param heapBytes in use
   * @param snapshotSeconds since the newest snapshot was written
   */
  private record Told(
      StreamStatus status,
      Health health,
      List<WatchedRows> seen,
      long heapBytes,
      @Nullable Double snapshotSeconds) {}

  /**
   * What does not change while a stream runs.
   *
   * @param name of its folder
   * @param horizons rows ahead
   * @param band share of truths that shall lie in a band
   * @param keyed whether there are several keys
   */
  record Facts(
      String name, List<String> targets, List<Integer> horizons, double band, boolean keyed) {}

  private LivePage(HttpServer server, long patienceNanos) {
    this.server = server;
    this.patienceNanos = patienceNanos;
  }

  /**
   * Takes the place where the page will be; who asks waits until {@link #begin}.
   *
   * @param where {@code PORT}, for this machine alone, or {@code HOST:PORT}; port 0: one that is
   *     free
   * @throws UsageException with one line, if it is none, or taken
   */
  public static LivePage open(String where) {
    return open(where, TimeUnit.SECONDS.toNanos(30));
  }

  /**
   * The same.
   *
   * @param patienceNanos how long a client may take nothing of what is sent to it
   */
  static LivePage open(String where, long patienceNanos) {
    InetSocketAddress address = HttpAddress.parse(where);
    try {
      return new LivePage(HttpServer.create(address, BACKLOG), patienceNanos);
    } catch (IOException e) {
      throw new UsageException(
          "--http %s: %s; choose another port, or 0 for one that is free"
              .formatted(where, Reason.of(e)));
    }
  }

  private static void limit(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, String.valueOf(value));
    }
  }

  /** Where the page is. */
  public String address() {
    InetSocketAddress bound = server.getAddress();
    InetAddress host = bound.getAddress();
    String name = host.getHostAddress();
    return "http://%s:%s/".formatted(name.contains(":") ? "[" + name + "]" : name, bound.getPort());
  }

  /** Whether others than this machine may reach it. */
  public boolean isPublic() {
    return !server.getAddress().getAddress().isLoopbackAddress();
  }

  /**
   * Begins to answer.
   *
   * @param name of the stream's folder
   */
  public void begin(String name, OnlineConfig config) {
    begin(
        new Facts(
            name,
            config.stream().columns().targets(),
            config.learning().output().horizons(),
            config.learning().band(),
            config.stream().keyed()));
  }

  void begin(Facts facts) {
    Page page =
        Page.of(
            Page.resource(LivePage.class, "live.html"),
            facts.name() + " · Unspool",
            facts,
            Page.resource(LivePage.class, "live.js"),
            "; connect-src 'self'; img-src data:");
    var events = new Feed(Site.event("begin", Json.line(facts)), KEPT_EVENTS, KEPT_BYTES);
    feed = events;
    server.createContext("/", new Site(page, events, deliveries, () -> standing, isPublic()));
    server.setExecutor(threads);
    server.start();
    publisher.start();
  }

  @Override
  public void show(View view) {
    standing = Standing.next(standing, view, System.nanoTime());
    while (!views.offer(view)) {
      views.poll(); // whoever publishes is behind: the oldest one is worth least
    }
  }

  /** Who looks on. */
  Feed.Load load() {
    return Objects.requireNonNull(feed).load();
  }

  private void publish() {
    Feed events = Objects.requireNonNull(feed);
    try {
      while (!closed) {
        View view = views.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        if (view != null) {
          publish(events, view);
        }
        deliveries.interruptStalled(patienceNanos);
      }
    } catch (InterruptedException _) {
      // It ends.
    }
    for (View view = views.poll(); view != null; view = views.poll()) {
      publish(events, view);
    }
  }

  private void publish(Feed events, View view) {
    boolean passing = view.status().records() == published && view.seen().isEmpty();
    published = view.status().records();
    events.add(Site.event("told", Json.line(told(view))), passing);
  }

  private Told told(View view) {
    Runtime memory = Runtime.getRuntime();
    var at = view.condition().snapshotAt();
    return new Told(
        view.status(),
        Health.of(standing, System.nanoTime()),
        view.seen(),
        memory.totalMemory() - memory.freeMemory(),
        at == null ? null : Duration.between(at, Instant.now()).toMillis() / 1e3);
  }

  /** Tells the last of it to whoever reads fast enough, and ends. */
  @Override
  public void close() {
    closed = true;
    Feed events = feed;
    try {
      if (events != null) {
        publisher.interrupt();
        publisher.join(LOOK_MILLIS);
        events.close();
        threads.shutdown();
        boolean _ = threads.awaitTermination(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    server.stop(0);
    threads.shutdownNow();
  }
}

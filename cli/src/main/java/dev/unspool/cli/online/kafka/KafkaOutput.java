// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.unspool.cli.online.AnswerOutput;
import dev.unspool.cli.online.Handover;
import dev.unspool.cli.online.Observation;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Answers that become messages of a topic, under the key of their record. A thread of its own sends
 * them, in order; what no broker has acknowledged yet stays here, and whoever adds an answer waits
 * while that is too much.
 */
final class KafkaOutput implements AnswerOutput {
  /** Bytes that may be under way. */
  private static final long ROOM = 1 << 20;

  private static final Duration CLOSE_PATIENCE = Duration.ofMillis(500);

  private final Cluster cluster;
  private final String topic;
  private final Producer<byte[], byte[]> producer;
  private final Consumer<String> warnings;
  private final Thread sender =
      Thread.ofPlatform().daemon().name("unspool-answers").unstarted(this::send);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Handover handover;

  /** Not acknowledged, in order; some of them are still to be sent. */
  private final ArrayDeque<Line> lines = new ArrayDeque<>();

  private final ArrayDeque<Line> toSend = new ArrayDeque<>();
  private long bytes;
  private long added;
  private long delivered;
  private boolean closed;

  /** An answer. */
  private static final class Line {
    final ProducerRecord<byte[], byte[]> message;
    boolean acknowledged;

    /** Why it could not be sent at this moment. */
    @Nullable TimeoutException late;

    Line(ProducerRecord<byte[], byte[]> message) {
      this.message = message;
    }

    int length() {
      return message.value().length;
    }
  }

  /**
   * An output.
   *
   * @param givesUp whether to wait for a broker no longer
   * @param warnings takes what people should know
   */
  KafkaOutput(Cluster cluster, String topic, BooleanSupplier givesUp, Consumer<String> warnings) {
    this.cluster = cluster;
    this.topic = topic;
    String nobody = "no broker takes what is written to topic '%s'".formatted(topic);
    this.handover = new Handover(changed, givesUp, nobody, "interrupted");
    this.warnings = warnings;
    this.producer = cluster.producer();
    sender.start();
  }

  @Override
  public void add(Observation record, byte[] line, int length) {
    byte[] key = record.key.isEmpty() ? null : record.key.getBytes(UTF_8);
    add(
        message(
            key, Arrays.copyOf(line, length - 1), record.topic, record.partition, record.offset));
  }

  @Override
  public void restore(byte[] left) {
    new String(left, UTF_8)
        .lines()
        .forEach(
            line -> {
              JsonObject json = JsonParser.parseString(line).getAsJsonObject();
              boolean message = json.has("topic");
              add(
                  message(
                      json.has("key") ? json.get("key").getAsString().getBytes(UTF_8) : null,
                      line.getBytes(UTF_8),
                      message ? json.get("topic").getAsString() : null,
                      message ? json.get("partition").getAsInt() : 0,
                      message ? json.get("offset").getAsLong() : 0));
            });
  }

  private ProducerRecord<byte[], byte[]> message(
      byte @Nullable [] key, byte[] value, @Nullable String from, int partition, long offset) {
    var message = new ProducerRecord<byte[], byte[]>(topic, key, value);
    if (from != null) {
      message.headers().add("unspool.topic", from.getBytes(UTF_8));
      message.headers().add("unspool.partition", Integer.toString(partition).getBytes(UTF_8));
      message.headers().add("unspool.offset", Long.toString(offset).getBytes(UTF_8));
    }
    return message;
  }

  private void add(ProducerRecord<byte[], byte[]> message) {
    var line = new Line(message);
    lock.lock();
    try {
      lines.add(line);
      toSend.add(line);
      bytes += line.length();
      added++;
      changed.signalAll();
      handover.await(() -> bytes <= ROOM);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void flush() {
    // The sender has all of it.
  }

  /** Answers that were added since the beginning. */
  @Override
  public long added() {
    return added;
  }

  @Override
  public void awaitDelivered(long added) {
    lock.lock();
    try {
      handover.await(() -> delivered >= added);
    } finally {
      lock.unlock();
    }
  }

  /** Sends one after the other until there never will be another. */
  private void send() {
    boolean told = false;
    try {
      for (Line line = take(); line != null; line = take()) {
        while (!isTaken(line)) {
          if (!told && !isClosed()) {
            told = true;
            warnings.accept(
                "nothing can be written to topic '%s' of Kafka at %s (%s); waiting until it can"
                    .formatted(topic, cluster.brokers(), reason(line)));
          }
          if (isClosed()) {
            return;
          }
        }
        if (told) {
          told = false;
          warnings.accept("topic '%s' can be written again".formatted(topic));
        }
      }
    } catch (InterruptedException | InterruptException _) {
      Thread.currentThread().interrupt();
    } catch (KafkaException | IllegalStateException e) {
      fail(e);
    }
  }

  private static String reason(Line line) {
    return line.late == null ? "" : String.valueOf(line.late.getMessage());
  }

  private @Nullable Line take() throws InterruptedException {
    lock.lock();
    try {
      while (toSend.isEmpty() && !closed) {
        changed.await();
      }
      return closed ? null : toSend.remove();
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Hands a line to the producer; false if it has no room or knows no broker yet. */
  private boolean isTaken(Line line) {
    line.late = null;
    var _ =
        producer.send(
            line.message,
            (_, thrown) -> {
              if (thrown == null) {
                acknowledge(line);
              } else if (thrown instanceof TimeoutException late
                  && Thread.currentThread() == sender) {
                line.late = late; // it was not sent at all
              } else {
                fail(thrown);
              }
            });
    return line.late == null;
  }

  private void acknowledge(Line line) {
    lock.lock();
    try {
      line.acknowledged = true;
      for (Line first = lines.peek(); first != null && first.acknowledged; first = lines.peek()) {
        lines.remove();
        bytes -= first.length();
        delivered++;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void fail(Exception thrown) {
    lock.lock();
    try {
      if (!handover.hasFailed() && !closed) {
        handover.fail(
            thrown instanceof KafkaException known
                ? new UncheckedIOException(cluster.failure(known))
                : new IllegalStateException(thrown));
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public byte[] left() {
    var left = new ByteArrayOutputStream();
    lock.lock();
    try {
      for (Line line : lines) {
        left.writeBytes(line.message.value());
        left.write('\n');
      }
    } finally {
      lock.unlock();
    }
    return left.toByteArray();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    closeProducer();
  }

  /** Waits for no broker: a producer that still waits for a first answer does not close in time. */
  private void closeProducer() {
    Thread closing =
        Thread.ofPlatform()
            .daemon()
            .name("unspool-close")
            .start(() -> producer.close(CLOSE_PATIENCE));
    try {
      boolean _ = closing.join(CLOSE_PATIENCE.multipliedBy(2));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

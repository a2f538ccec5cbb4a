// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.cli.online.ColumnWatch;
import dev.unspool.cli.online.Observation;
import dev.unspool.cli.online.Position;
import dev.unspool.cli.online.RecordForm;
import dev.unspool.cli.online.RecordSource;
import dev.unspool.cli.online.StreamConfig;
import dev.unspool.cli.online.Utf8;
import dev.unspool.cli.run.RunException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Records that are messages of a topic, of all of its partitions. */
final class KafkaSource implements RecordSource {
  private static final byte[] NOTHING = {};
  private static final Duration CLOSE_PATIENCE = Duration.ofMillis(500);
  private static final long LOOK_NANOS = 10_000_000_000L;

  private final Cluster cluster;
  private final String topic;
  private final RecordForm form;
  private final Map<String, String> header;
  private final ColumnWatch watch;
  private final StreamConfig.@Nullable Messages messages;
  private final Consumer<byte[], byte[]> consumer;
  private final Partitions partitions;
  private final Reachability reachability;
  private final PartitionMerge merge;
  private final MergeOrder order;

  /** Merged, and not handed out yet. */
  private final ArrayDeque<ConsumerRecord<byte[], byte[]>> merged = new ArrayDeque<>();

  private final Utf8 utf8 = new Utf8();

  /** Offset of the next record, by partition. */
  private final Map<Integer, Long> offsets;

  private long records;
  private long looked;

  /**
   * A source.
   *
   * @param order file that keeps which partition came when
   * @param form of the messages' values
   * @param header what a snapshot says about the form
   * @param records that were consumed before
   */
  KafkaSource(
      Cluster cluster,
      String topic,
      Path order,
      boolean earliestLeft,
      StreamConfig stream,
      RecordForm form,
      Map<String, String> header,
      long records,
      Map<String, String> about,
      java.util.function.Consumer<String> warnings)
      throws RunException {
    this.cluster = cluster;
    this.topic = topic;
    this.form = form;
    this.header = header;
    this.watch = new ColumnWatch(stream.columns(), about, warnings);
    this.messages = stream.messages();
    this.records = records;
    this.offsets = new TreeMap<>(Offsets.of(topic, about));
    this.order = new MergeOrder(order, warnings);
    this.merge =
        new PartitionMerge(
            this.order.behind(records),
            () ->
                warnings.accept(
                    "not all that was read behind record %s is still there; answers that come again may differ"
                        .formatted(records)));
    this.consumer = cluster.consumer();
    this.partitions = new Partitions(consumer, topic, offsets, earliestLeft, warnings);
    this.reachability = new Reachability(consumer, cluster.brokers(), warnings);
  }

  @Override
  public Found next(Observation into, long waitMillis) throws IOException {
    try {
      ConsumerRecord<byte[], byte[]> record = merged.poll();
      if (record == null && isOpen(waitMillis)) {
        poll(waitMillis);
        record = merged.poll();
      }
      if (record == null) {
        reachability.look();
        return Found.NONE;
      }
      read(record, into);
      return Found.RECORD;
    } catch (KafkaException e) {
      throw cluster.failure(e);
    }
  }

  /** Looks for partitions when there is time for it; whether any is read. */
  private boolean isOpen(long waitMillis) throws RunException {
    long now = System.nanoTime();
    if (waitMillis > 0 && (partitions.open().isEmpty() || now - looked > LOOK_NANOS)) {
      looked = now;
      for (TopicPartition each : partitions.openNew()) {
        merge.open(each.partition());
      }
    }
    return !partitions.open().isEmpty();
  }

  private void poll(long waitMillis) throws RunException {
    List<TopicPartition> full = new ArrayList<>();
    merge.full().forEach(partition -> full.add(new TopicPartition(topic, partition)));
    consumer.resume(partitions.open());
    consumer.pause(full);
    try {
      consumer.poll(Duration.ofMillis(waitMillis)).forEach(merge::add);
      for (TopicPartition each : partitions.open()) {
        merge.hasMore(each.partition(), partitions.hasMore(each));
      }
      merge();
    } catch (OffsetOutOfRangeException e) {
      partitions.skipDeleted(e);
    } catch (TimeoutException _) {
      // Nothing is known for now.
    }
  }

  /** Puts what has come into order, which is kept before anything is answered. */
  private void merge() {
    var taken = new ArrayList<Integer>();
    for (ConsumerRecord<byte[], byte[]> each = merge.next(); each != null; each = merge.next()) {
      merged.add(each);
      if (merge.isFree()) {
        taken.add(each.partition());
      }
    }
    if (!taken.isEmpty() && merge.partitions() > 1) {
      order.keep(records + merged.size() - taken.size() + 1, taken);
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record, Observation into) {
    into.clear();
    into.number = records + 1;
    into.line = 0;
    into.topic = topic;
    into.partition = record.partition();
    into.offset = record.offset();
    byte[] value = record.value();
    into.text = value == null ? NOTHING : value;
    into.from = 0;
    into.to = afterLineBreaks(into.text);
    into.length = into.to;
    if (messages != null && messages.time()) {
      into.millis = record.timestamp();
    }
    into.problem = value == null ? "the message has no value" : problem(record.key(), into);
    if (into.problem == null) {
      into.problem = form.read(into.text, into.from, into.to, into);
      watch.look(form, into);
    }
    offsets.put(record.partition(), record.offset() + 1);
    records++;
  }

  /** Where a text ends whose writer ended the line. */
  private static int afterLineBreaks(byte[] text) {
    int end = text.length;
    while (end > 0 && (text[end - 1] == '\n' || text[end - 1] == '\r')) {
      end--;
    }
    return end;
  }

  private @Nullable String problem(byte @Nullable [] key, Observation into) {
    if (messages != null && messages.key() && key != null) {
      String problem = utf8.problem(key, 0, key.length);
      if (problem != null) {
        return "the message's key: " + problem;
      }
      into.key = new String(key, UTF_8);
    }
    return into.to > RecordForm.LONGEST
        ? "the message has %s bytes, a record at most %s".formatted(into.to, RecordForm.LONGEST)
        : utf8.problem(into.text, into.from, into.to);
  }

  @Override
  public Position position() {
    return new Position(records, 0, 0, "");
  }

  /** The offsets, which are also committed if there is a group whose lag somebody watches. */
  @Override
  public Map<String, String> about() {
    if (cluster.hasGroup() && !partitions.open().isEmpty()) {
      var committed = new HashMap<TopicPartition, OffsetAndMetadata>();
      offsets.forEach(
          (partition, offset) ->
              committed.put(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)));
      try {
        consumer.commitAsync(committed, (_, _) -> {});
      } catch (KafkaException _) {
        // Nothing depends on it.
      }
    }
    var about = new TreeMap<>(Offsets.about(topic, offsets));
    about.putAll(header);
    about.putAll(watch.about());
    return about;
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(CLOSE_PATIENCE));
  }
}

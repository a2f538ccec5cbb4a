// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** A cluster of one real broker, inside of this JVM. */
final class KafkaBroker implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final long PATIENCE_SECONDS = 120;

  private final Locale locale = Locale.getDefault();
  private final KafkaRaftServer server;
  private final String address;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;

  KafkaBroker(Path folder) throws Exception {
    // It names files in digits of the locale, which it then cannot read.
    Locale.setDefault(Locale.ROOT);
    System.setProperty("org.slf4j.simpleLogger.log.kafka", "off");
    System.setProperty("org.slf4j.simpleLogger.log.state", "off");
    String logs = Files.createDirectories(folder.resolve("broker")).toString();
    List<Integer> ports = freePorts();
    new Formatter()
        .setClusterId(Uuid.randomUuid().toString())
        .setNodeId(1)
        .addDirectory(logs)
        .setMetadataLogDirectory(logs)
        .setControllerListenerName("CONTROLLER")
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
        .run();
    server = new KafkaRaftServer(new KafkaConfig(settings(logs, ports)), Time.SYSTEM);
    server.startup();
    address = HOST + ":" + ports.getFirst();
    admin = Admin.create(Map.of("bootstrap.servers", address));
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", address),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  private static Properties settings(String logs, List<Integer> ports) {
    var settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("log.dirs", logs);
    settings.put(
        "listeners",
        "PLAINTEXT://%s:%s,CONTROLLER://%s:%s"
            .formatted(HOST, ports.getFirst(), HOST, ports.getLast()));
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("controller.quorum.voters", "1@%s:%s".formatted(HOST, ports.getLast()));
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("auto.create.topics.enable", "false");
    settings.put("log.message.timestamp.before.max.ms", Long.toString(Long.MAX_VALUE));
    settings.put("log.retention.ms", "-1");
    return settings;
  }

  static List<Integer> freePorts() throws IOException {
    InetAddress here = InetAddress.getLoopbackAddress();
    try (var one = new ServerSocket(0, 1, here);
        var two = new ServerSocket(0, 1, here)) {
      return List.of(one.getLocalPort(), two.getLocalPort());
    }
  }

  String address() {
    return address;
  }

  void create(String topic, int partitions) throws Exception {
    admin
        .createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
        .all()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    awaitPartitions(topic, partitions);
  }

  void grow(String topic, int partitions) throws Exception {
    admin
        .createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
        .all()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    awaitPartitions(topic, partitions);
  }

  /**
   * Waits until clients can see the partitions: the controller answers when it has written them
   * down, which is before the broker has read that.
   */
  private void awaitPartitions(String topic, int partitions) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (visiblePartitions(topic) < partitions) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited for too long for the partitions of " + topic);
      }
    }
  }

  private int visiblePartitions(String topic) throws Exception {
    try {
      TopicDescription found =
          admin
              .describeTopics(List.of(topic))
              .allTopicNames()
              .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
              .get(topic);
      return found == null ? 0 : found.partitions().size();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return 0;
      }
      throw e;
    }
  }

  /** Deletes what is before an offset. */
  void forget(String topic, int partition, long before) throws Exception {
    admin
        .deleteRecords(
            Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(before)))
        .all()
        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Appends messages, and waits until they are there. */
  void send(List<ProducerRecord<byte[], byte[]>> messages) throws Exception {
    var sent = messages.stream().map(producer::send).toList();
    for (var each : sent) {
      each.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Reads a topic from its beginning until what was read is enough. */
  List<ConsumerRecord<byte[], byte[]>> read(
      String topic, Predicate<List<ConsumerRecord<byte[], byte[]>>> enough) {
    var found = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", address, "auto.offset.reset", "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(
          consumer.partitionsFor(topic).stream()
              .map(each -> new TopicPartition(topic, each.partition()))
              .toList());
      while (!enough.test(found)) {
        if (System.nanoTime() > end) {
          throw new AssertionError("waited for too long; found " + found.size() + " messages");
        }
        consumer.poll(Duration.ofMillis(100)).forEach(found::add);
      }
    }
    return found;
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
    server.shutdown();
    server.awaitShutdown();
    Locale.setDefault(locale);
  }
}

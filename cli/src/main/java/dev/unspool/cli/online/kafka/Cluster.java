// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.kafka;

import dev.unspool.cli.report.Reason;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * How brokers are reached.
 *
 * @param brokers some of them, as host:port with commas between
 * @param settings more settings of the clients, by Kafka's names
 */
public record Cluster(String brokers, Map<String, String> settings) {
  /** What guarantees depend on. */
  private static final Map<String, Object> CONSUMER =
      Map.of(
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ByteArrayDeserializer.class,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
          ByteArrayDeserializer.class,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          false,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          "none",
          ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
          false);

  private static final Map<String, Object> PRODUCER =
      Map.of(
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ByteArraySerializer.class,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          ByteArraySerializer.class,
          ProducerConfig.ACKS_CONFIG,
          "all",
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          true,
          ProducerConfig.RETRIES_CONFIG,
          Integer.MAX_VALUE,
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
          Integer.MAX_VALUE,
          ProducerConfig.MAX_BLOCK_MS_CONFIG,
          1000L);

  /** What is so unless settings say otherwise. */
  private static final Map<String, Object> DEFAULTS =
      Map.of(
          ConsumerConfig.CLIENT_ID_CONFIG,
          "unspool",
          ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
          8 << 20,
          ConsumerConfig.ISOLATION_LEVEL_CONFIG,
          "read_committed",
          ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG,
          false,
          ProducerConfig.BUFFER_MEMORY_CONFIG,
          8L << 20,
          ProducerConfig.LINGER_MS_CONFIG,
          5,
          ProducerConfig.COMPRESSION_TYPE_CONFIG,
          "none");

  /** A client that offsets are committed for has one. */
  private static final Set<String> REFUSED =
      Set.of(
          ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
          ConsumerConfig.GROUP_PROTOCOL_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG);

  /**
   * A cluster with the settings of a file.
   *
   * @param file of Java's properties; null for none
   * @throws UsageException if it sets what is set here
   */
  public static Cluster of(String brokers, @Nullable Path file) {
    var properties = new Properties();
    if (file != null) {
      try (var reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        throw new UsageException(
            "--kafka-config %s cannot be read: %s"
                .formatted(file, e instanceof IOException io ? Reason.of(io) : e.getMessage()));
      }
    }
    var settings = new HashMap<String, String>();
    for (String name : properties.stringPropertyNames()) {
      UsageException.require(
          !CONSUMER.containsKey(name) && !PRODUCER.containsKey(name) && !REFUSED.contains(name),
          "--kafka-config %s sets '%s', on which what is guaranteed depends; take it out"
              .formatted(file, name));
      settings.put(name, properties.getProperty(name).strip());
    }
    return new Cluster(brokers, Map.copyOf(settings));
  }

  /** Whether offsets are to be shown to those who watch the group. */
  boolean hasGroup() {
    return settings.containsKey(ConsumerConfig.GROUP_ID_CONFIG);
  }

  /** A new consumer. */
  Consumer<byte[], byte[]> consumer() {
    try {
      return new KafkaConsumer<>(
          settings(ConsumerConfig.configNames(), ProducerConfig.configNames(), CONSUMER));
    } catch (KafkaException e) {
      throw unusable(e);
    }
  }

  /** A new producer. */
  Producer<byte[], byte[]> producer() {
    try {
      return new KafkaProducer<>(
          settings(ProducerConfig.configNames(), ConsumerConfig.configNames(), PRODUCER));
    } catch (KafkaException e) {
      throw unusable(e);
    }
  }

  /** Settings of one client; what neither knows may be of a class that the user has brought. */
  private Map<String, Object> settings(
      Set<String> known, Set<String> others, Map<String, Object> fixed) {
    var all = new HashMap<String, Object>();
    DEFAULTS.forEach(
        (name, value) -> {
          if (known.contains(name)) {
            all.put(name, value);
          }
        });
    settings.forEach(
        (name, value) -> {
          if (known.contains(name) || !others.contains(name)) {
            all.put(name, value);
          }
        });
    all.putAll(fixed);
    all.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    return all;
  }

  private UsageException unusable(KafkaException thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new UsageException(
        "Kafka at %s cannot be reached as asked: %s".formatted(brokers, cause.getMessage()));
  }

  /** What cannot go on, on one line. */
  RunException failure(KafkaException thrown) {
    return new RunException(
        "Kafka at %s: %s"
            .formatted(
                brokers,
                thrown.getMessage() == null
                    ? thrown.getClass().getSimpleName()
                    : thrown.getMessage()));
  }
}

// SPDX-License-Identifier: Apache-2.0
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A topic of three partitions, written and read by whoever tries a stream. */
final class KafkaTopic {
  static final int PARTITIONS = 3;
  private static final int KEYS = 20;

  /** How much earlier it is in each partition than in the one before it. */
  private static final long LATE_MILLIS = 100_000;

  private final String topic;
  private final KafkaConsumer<String, String> consumer;
  private final KafkaProducer<String, String> producer;
  private final List<TopicPartition> partitions;
  private int sent;

  KafkaTopic(String brokers, String topic) {
    this.topic = topic;
    this.partitions =
        IntStream.range(0, PARTITIONS).mapToObj(each -> new TopicPartition(topic, each)).toList();
    var at = Map.<String, Object>of("bootstrap.servers", brokers);
    this.consumer = new KafkaConsumer<>(at, new StringDeserializer(), new StringDeserializer());
    this.producer = new KafkaProducer<>(at, new StringSerializer(), new StringSerializer());
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Messages that were sent. */
  int sent() {
    return sent;
  }

  /** Appends messages of keys at random. */
  void send(int count, Random random) {
    for (int i = 0; i < count; i++) {
      String value =
          "{\"load\":%s,\"temp\":%s}"
              .formatted(5 + Math.sin(0.2 * sent) + 0.1 * random.nextGaussian(), random.nextFloat());
      int key = random.nextInt(KEYS);
      long time = 1_700_000_000_000L + 1000L * sent++ - LATE_MILLIS * (key % PARTITIONS);
      producer.send(new ProducerRecord<>(topic, key % PARTITIONS, time, "k" + key, value));
    }
    producer.flush();
  }

  /** All messages that are there and were not read yet. */
  List<ConsumerRecord<String, String>> read() {
    var found = new ArrayList<ConsumerRecord<String, String>>();
    var ends = consumer.endOffsets(partitions);
    while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
      consumer.poll(Duration.ofMillis(200)).forEach(found::add);
    }
    return found;
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import com.google.gson.Gson;
import com.google.gson.JsonSyntaxException;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes constants by their {@link Labels}. */
final class LabelAdapters implements TypeAdapterFactory {

  @Override
  @SuppressWarnings({"unchecked", "rawtypes"}) // the raw type was tested to be an enum
  public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> token) {
    Class<? super T> type = token.getRawType();
    return type.isEnum() ? (TypeAdapter<T>) new LabelAdapter(type).nullSafe() : null;
  }

  private static final class LabelAdapter<E extends Enum<E>> extends TypeAdapter<E> {
    private final Class<E> type;

    LabelAdapter(Class<E> type) {
      this.type = type;
    }

    @Override
    public void write(JsonWriter writer, E value) throws IOException {
      writer.value(Labels.of(value));
    }

    @Override
    public E read(JsonReader reader) throws IOException {
      try {
        return Labels.parse(type, reader.nextString());
      } catch (IllegalArgumentException e) {
        throw new JsonSyntaxException(reader.getPath() + ": " + e.getMessage(), e);
      }
    }
  }
}

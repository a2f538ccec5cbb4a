// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Records as the objects of {@link Json}, and back: a component is a member under its name, and one
 * that is null or empty is left out. Components are numbers, text, truth values, enums, other
 * records, lists, maps by text, and arrays of numbers.
 */
final class Records {
  private Records() {}

  // ----- writing

  /** What {@link Json#write} takes. */
  static @Nullable Object write(@Nullable Object value) {
    if (value instanceof Record record) {
      return members(record);
    }
    if (value instanceof List<?> list) {
      var elements = new ArrayList<@Nullable Object>();
      list.forEach(element -> elements.add(write(element)));
      return elements;
    }
    if (value instanceof Map<?, ?> map) {
      var members = new LinkedHashMap<String, @Nullable Object>();
      map.forEach((name, member) -> members.put(String.valueOf(name), write(member)));
      return members;
    }
    if (value instanceof double[] numbers) {
      return Arrays.stream(numbers).boxed().toList();
    }
    if (value instanceof int[] numbers) {
      return Arrays.stream(numbers).boxed().toList();
    }
    return value instanceof Enum<?> constant ? Json.label(constant) : value;
  }

  private static Map<String, @Nullable Object> members(Record record) {
    var members = new LinkedHashMap<String, @Nullable Object>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value;
      try {
        component.getAccessor().setAccessible(true);
        value = write(component.getAccessor().invoke(record));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
      if (value != null && !(value instanceof List<?> list && list.isEmpty())) {
        members.put(component.getName(), value);
      }
    }
    return members;
  }

  // ----- reading

  /**
   * A record of what stands in a file.
   *
   * @throws IllegalArgumentException if something is missing, or is something else
   */
  static <T extends Record> T read(Class<T> type, @Nullable Object value) {
    return type.cast(record(type, value, type.getSimpleName()));
  }

  private static Object record(Class<?> type, @Nullable Object value, String path) {
    if (!(value instanceof Map<?, ?> members)) {
      throw wrong(path, "an object", value);
    }
    RecordComponent[] components = type.getRecordComponents();
    var known = Arrays.stream(components).map(RecordComponent::getName).toList();
    for (Object name : members.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "%s.%s is nothing that this version knows".formatted(path, name));
      }
    }
    @Nullable Object[] arguments = new @Nullable Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      RecordComponent component = components[i];
      types[i] = component.getType();
      arguments[i] =
          read(
              component.getGenericType(),
              types[i],
              members.get(component.getName()),
              path + "." + component.getName());
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      boolean missing = cause instanceof NullPointerException && cause.getMessage() == null;
      throw new IllegalArgumentException(
          "%s: %s".formatted(path, missing ? "something is missing" : cause.getMessage()), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable Object read(
      Type generic, Class<?> type, @Nullable Object value, String path) {
    if (List.class == type) {
      return list(generic, value, path);
    }
    if (Map.class == type) {
      return map(generic, value, path);
    }
    if (type == double[].class) {
      return numbers(value, path);
    }
    if (value == null) {
      if (type.isPrimitive()) {
        throw new IllegalArgumentException(path + " is missing");
      }
      return null;
    }
    if (type.isRecord()) {
      return record(type, value, path);
    }
    if (type.isEnum()) {
      return constant(type, value, path);
    }
    if (type == String.class && value instanceof String) {
      return value;
    }
    if ((type == boolean.class || type == Boolean.class) && value instanceof Boolean) {
      return value;
    }
    double number = number(value, path);
    if (type == double.class || type == Double.class) {
      return number;
    }
    if (number != Math.rint(number) || Math.abs(number) > 1L << 53) {
      throw wrong(path, "an integer", value);
    }
    if (Set.of(int.class, Integer.class).contains(type)) {
      return Math.toIntExact((long) number);
    }
    if (Set.of(long.class, Long.class).contains(type)) {
      return (long) number;
    }
    throw wrong(path, type.getSimpleName(), value);
  }

  private static List<?> list(Type generic, @Nullable Object value, String path) {
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> elements)) {
      throw wrong(path, "an array", value);
    }
    Type of = ((ParameterizedType) generic).getActualTypeArguments()[0];
    var list = new ArrayList<@Nullable Object>();
    for (Object element : elements) {
      list.add(read(of, raw(of), element, path + "[" + list.size() + "]"));
    }
    return list;
  }

  private static Map<?, ?> map(Type generic, @Nullable Object value, String path) {
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof Map<?, ?> members)) {
      throw wrong(path, "an object", value);
    }
    Type of = ((ParameterizedType) generic).getActualTypeArguments()[1];
    var map = new LinkedHashMap<String, @Nullable Object>();
    members.forEach(
        (name, member) ->
            map.put(String.valueOf(name), read(of, raw(of), member, path + "." + name)));
    return map;
  }

  private static Class<?> raw(Type type) {
    return (Class<?>) (type instanceof ParameterizedType p ? p.getRawType() : type);
  }

  private static double[] numbers(@Nullable Object value, String path) {
    if (value != null && !(value instanceof List<?>)) {
      throw wrong(path, "an array", value);
    }
    List<?> elements = value == null ? List.of() : (List<?>) value;
    return elements.stream().mapToDouble(element -> number(element, path)).toArray();
  }

  private static double number(@Nullable Object value, String path) {
    if (value instanceof Double number) {
      return number;
    }
    if (value instanceof String text && text.matches("NaN|-?Infinity")) {
      return Double.parseDouble(text);
    }
    throw wrong(path, "a number", value);
  }

  private static Object constant(Class<?> type, Object value, String path) {
    for (Object constant : type.getEnumConstants()) {
      if (Json.label((Enum<?>) constant).equals(value)) {
        return constant;
      }
    }
    var labels =
        Arrays.stream(type.getEnumConstants()).map(each -> Json.label((Enum<?>) each)).toList();
    throw wrong(path, "one of " + labels, value);
  }

  private static IllegalArgumentException wrong(
      String path, String expected, @Nullable Object value) {
    String found = Json.line(value);
    return new IllegalArgumentException(
        "%s is %s, expected %s"
            .formatted(path, found.length() > 40 ? found.substring(0, 39) + "…" : found, expected));
  }
}

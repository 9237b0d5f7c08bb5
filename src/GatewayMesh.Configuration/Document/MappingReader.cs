using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Document;

/// <summary>
/// Reads a mapping key by key and collects every error. Each requested key counts as known; the remaining keys are unknown when reading
/// ends. A wrong value is reported once and read as its default, so that later checks still run.
/// </summary>
public sealed class MappingReader
{
    private readonly ConfigErrors _errors;
    private readonly KeyStyle _style;
    private readonly ConfigMapping? _mapping;
    private readonly List<string> _asked = [];
    private readonly HashSet<ConfigPair> _taken = new(ReferenceEqualityComparer.Instance);

    private MappingReader(ConfigErrors errors, KeyStyle style, ConfigNode node, string path)
    {
        _errors = errors;
        _style = style;
        Path = path;
        Location = node.Location;
        _mapping = node as ConfigMapping;
        if (_mapping is null && node is not ConfigNull)
        {
            Fail(Location, path, $"{node.Noun} is not a mapping of keys to values", "write keys with values, each on its own line");
        }
    }

    /// <summary>Path of the mapping in its document; empty for the document.</summary>
    public string Path { get; }

    /// <summary>True if unknown keys are ignored, because the document may come from a newer version.</summary>
    public bool IsLenient => _style is KeyStyle.Lenient or KeyStyle.EitherCaseLenient;

    /// <summary>Start of the mapping, or the location where the mapping is missing.</summary>
    public SourceLocation Location { get; }

    /// <summary>Reads a whole document with <paramref name="bind"/>, then reports unknown keys.</summary>
    public static T Read<T>(ConfigNode document, KeyStyle style, ConfigErrors errors, Func<MappingReader, T> bind)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Run(new MappingReader(errors, style, document, ""), bind);
    }

    /// <summary>True if the key has a value.</summary>
    public bool Has(string key) => Take(key) is { Value: not ConfigNull };

    /// <summary>True if the key has a single value, not a list or a mapping.</summary>
    public bool IsText(string key) => Take(key) is { Value: ConfigScalar };

    /// <summary>Location of the key's value, or of the mapping when the key is missing.</summary>
    public SourceLocation LocationOf(string key) => Take(key) is { } pair ? pair.Value.Location : Location;

    /// <summary>Path of <paramref name="key"/> in the document.</summary>
    public string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    /// <summary>Reads a required value. Reports an error and returns <c>default</c> when the value is missing or wrong.</summary>
    public T? Required<T>(string key, ScalarType<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        Observe(key, type.Fix, null, isRequired: true);
        if (!Has(key))
        {
            Fail(Take(key)?.Value.Location ?? Location, PathOf(key), "is missing", type.Fix);
            return default;
        }

        return Value(Take(key)!.Value, PathOf(key), type, default);
    }

    /// <summary>Reads an optional value. Returns <paramref name="otherwise"/> when the value is absent or wrong.</summary>
    public T Optional<T>(string key, ScalarType<T> type, T otherwise)
    {
        ArgumentNullException.ThrowIfNull(type);
        Observe(key, type.Fix, otherwise);
        return Has(key) ? Value(Take(key)!.Value, PathOf(key), type, otherwise)! : otherwise;
    }

    /// <summary>Reads an optional value; null when absent.</summary>
    public T? OrNull<T>(string key, ScalarType<T> type)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(type);
        Observe(key, type.Fix, null);
        return Has(key) && ReadScalar(Take(key)!.Value, PathOf(key), type) is { Message: null } read ? read.Value : null;
    }

    /// <summary>Reads a list of scalars; an absent list is empty.</summary>
    public ImmutableArray<T> List<T>(string key, ScalarType<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        Observe(key, $"{type.Fix}; a list", "[]");
        var list = ImmutableArray.CreateBuilder<T>();
        foreach (var (item, path) in Sequence(key))
        {
            if (ReadScalar(item, path, type) is { Message: null } read)
            {
                list.Add(read.Value!);
            }
        }

        return list.ToImmutable();
    }

    /// <summary>Reads a list of mappings, each with <paramref name="bind"/>; an absent list is empty.</summary>
    public ImmutableArray<T> Items<T>(string key, Func<MappingReader, T> bind)
    {
        Observe(key, "write a list of sections", "[]");
        var list = ImmutableArray.CreateBuilder<T>();
        foreach (var (item, path) in Sequence(key))
        {
            list.Add(Run(new MappingReader(_errors, _style, item, path), bind));
        }

        return list.ToImmutable();
    }

    /// <summary>Reads user-defined pairs; an absent mapping is empty.</summary>
    public ImmutableSortedDictionary<string, string> Map(string key)
    {
        Observe(key, "write pairs of your own", "{}");
        var map = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (!Has(key))
        {
            return map.ToImmutable();
        }

        var node = Take(key)!.Value;
        if (node is not ConfigMapping mapping)
        {
            Fail(
                node.Location, PathOf(key), $"{node.Noun} is not a mapping of keys to texts", "write keys with values such as version: v1");
            return map.ToImmutable();
        }

        foreach (var pair in mapping.Pairs)
        {
            if (pair.Value is ConfigScalar or ConfigNull)
            {
                map[pair.AnyCase ? pair.Key.ToLowerInvariant() : pair.Key] = (pair.Value as ConfigScalar)?.Text ?? "";
            }
            else
            {
                Fail(pair.Value.Location, $"{PathOf(key)}.{pair.Key}", $"{pair.Value.Noun} is not a text", "use a single text value");
            }
        }

        return map.ToImmutable();
    }

    /// <summary>Reads mappings under user-chosen names, each with <paramref name="bind"/> and its name; absent is empty.</summary>
    public ImmutableSortedDictionary<string, T> Named<T>(string key, Func<MappingReader, string, T> bind)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
        if (Has(key) && Take(key)!.Value is var node)
        {
            if (node is not ConfigMapping)
            {
                Fail(
                    node.Location, PathOf(key), $"{node.Noun} is not a mapping of names to sections", "write names, each with its section");
            }

            foreach (var pair in (node as ConfigMapping)?.Pairs ?? [])
            {
                var path = pair.Key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && pair.Key.Length > 0
                    ? $"{PathOf(key)}.{pair.Key}"
                    : $"{PathOf(key)}[{Quoted.Of(pair.Key)}]";
                map[pair.Key] = Run(new MappingReader(_errors, _style, pair.Value, path), reader => bind(reader, pair.Key));
            }
        }

        return map.ToImmutable();
    }

    /// <summary>Reads a single value from a mapping of any shape whose other keys are not checked; null when absent or wrong.</summary>
    public T? Within<T>(string key, string inner, ScalarType<T> type)
        where T : class
    {
        var node = Has(key) ? Take(key)!.Value : null;
        if (node is not (null or ConfigMapping))
        {
            Fail(
                node.Location,
                PathOf(key),
                $"{node.Noun} is not a mapping of keys to values",
                "write keys with values, each on its own line");
        }

        return (node as ConfigMapping)?.Find(inner)?.Value is { } value and not ConfigNull
            ? Value(value, $"{PathOf(key)}.{inner}", type, null)
            : null;
    }

    /// <summary>Reads the mapping under a key with <paramref name="bind"/>; an absent mapping is read as empty, for its defaults.</summary>
    public T Section<T>(string key, Func<MappingReader, T> bind) =>
        Run(new MappingReader(_errors, _style, Take(key)?.Value ?? new ConfigNull(Location), PathOf(key)), bind);

    /// <summary>
    /// Reports a planned but unsupported key as an error when the key has a value, so that the key is not silently ignored.
    /// </summary>
    public void NotYet(string key, string fix = "remove the key")
    {
        if (Has(key))
        {
            Fail(Take(key)!.KeyLocation, PathOf(key), "is not supported yet", fix);
        }
    }

    /// <summary>Reports that the value of <paramref name="key"/> is wrong.</summary>
    public void Fail(string key, string message, string fix) => Fail(LocationOf(key), PathOf(key), message, fix);

    /// <summary>Reports that the whole mapping is wrong.</summary>
    public void Fail(string message, string fix) => Fail(Location, Path, message, fix);

    /// <summary>Reports an error.</summary>
    public void Fail(SourceLocation location, string path, string message, string fix) => _errors.Add(location, path, message, fix);

    private static T Run<T>(MappingReader reader, Func<MappingReader, T> bind)
    {
        var value = bind(reader);
        reader.ReportUnknown();
        return value;
    }

    private void Observe(string key, string form, object? otherwise, bool isRequired = false) =>
        _errors.Observer?.Invoke(new KeyRead(PathOf(key), form, otherwise, isRequired));

    private T? Value<T>(ConfigNode node, string path, ScalarType<T> type, T? otherwise) =>
        ReadScalar(node, path, type) is { Message: null } read ? read.Value : otherwise;

    private Scalar<T> ReadScalar<T>(ConfigNode node, string path, ScalarType<T> type)
    {
        var read = node is ConfigScalar scalar
            ? type.Read(scalar.Text)
            : Scalar.Bad<T>($"{node.Noun} is not a single value", type.Fix);
        if (read.Message is not null)
        {
            Fail(node.Location, path, read.Message, read.Fix);
        }

        return read;
    }

    private IEnumerable<(ConfigNode Item, string Path)> Sequence(string key)
    {
        if (!Has(key))
        {
            return [];
        }

        var node = Take(key)!.Value;
        if (node is ConfigSequence sequence)
        {
            return sequence.Items.Select((item, index) => (item, $"{PathOf(key)}[{index}]"));
        }

        Fail(node.Location, PathOf(key), $"{node.Noun} is not a list", "write a list: [ a, b ] or lines that begin with '- '");
        return [];
    }

    private ConfigPair? Take(string key)
    {
        if (!_asked.Contains(key))
        {
            _asked.Add(key);
        }

        ConfigPair? found = null;
        foreach (var pair in _mapping?.Pairs ?? [])
        {
            if (!Matches(pair, key))
            {
                continue;
            }

            found ??= pair;
            if (_taken.Add(pair) && pair != found)
            {
                Fail(pair.KeyLocation, PathOf(key), $"is given twice, as {found.Key} and {pair.Key}", $"keep only {key}");
            }
        }

        return found;
    }

    private bool Matches(ConfigPair pair, string key) =>
        pair.Key == key
        || (pair.AnyCase && pair.Key.Equals(key, StringComparison.OrdinalIgnoreCase))
        || (_style is KeyStyle.EitherCase or KeyStyle.EitherCaseLenient && pair.Key.Length == key.Length && pair.Key.Length > 0
            && char.ToLowerInvariant(pair.Key[0]) == key[0] && pair.Key.AsSpan(1).SequenceEqual(key.AsSpan(1)));

    private void ReportUnknown()
    {
        if (_mapping is null || _style is KeyStyle.Lenient or KeyStyle.EitherCaseLenient)
        {
            return;
        }

        foreach (var pair in _mapping.Pairs.Where(pair => !_taken.Contains(pair)))
        {
            if (!_errors.Keeps(pair.KeyLocation.Source))
            {
                // The search for the nearest known key is not free.
                _errors.Skip(pair.KeyLocation.Source);
                continue;
            }

            var near = Nearest.To(pair.Key, _asked);
            Fail(
                pair.KeyLocation,
                PathOf(pair.Key),
                "is not a known key",
                near is not null ? $"did you mean {near}?" : $"use one of {string.Join(", ", _asked.Order(StringComparer.Ordinal))}");
        }
    }
}

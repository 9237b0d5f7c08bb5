using System.Collections.Immutable;
using System.Globalization;

namespace GatewayMesh.Configuration.Document;

/// <summary>
/// Collects the errors of a reading, a bounded number of them: the first <see cref="MostOfOne"/> of a source (a file, or an entry of Consul) and the first
/// <see cref="Most"/> of all. The rest is counted. Poisoned input costs neither memory nor time here. Not safe for several threads.
/// </summary>
public sealed class ConfigErrors
{
    /// <summary>The most errors that are kept of one source: 100.</summary>
    public const int MostOfOne = 100;

    /// <summary>The most errors that are kept of all sources together: 1,000.</summary>
    public const int Most = 1000;

    /// <summary>The source of the error that counts errors of further sources.</summary>
    public const string FurtherSources = "further files and entries";

    // A message may repeat a text of the input.
    private const int LongestText = 1024;

    private readonly Dictionary<string, List<ConfigError>> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _skipped = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>Called for each key that a reader asks for, present or not. Default: null, nobody. The reference of bootstrap keys is generated from these calls.</summary>
    public Action<KeyRead>? Observer { get; init; }

    /// <summary>The number of errors that were added, kept or not.</summary>
    public int Count { get; private set; }

    /// <summary>True if another error of <paramref name="source"/> would be kept. Otherwise <see cref="Skip"/> does, without the cost of a message.</summary>
    public bool Keeps(string source) => _all < Most && (!_kept.TryGetValue(source, out var errors) || errors.Count < MostOfOne);

    /// <summary>Counts errors of <paramref name="source"/> that nobody describes.</summary>
    public void Skip(string source, int errors = 1)
    {
        Count += errors;
        var key = _kept.ContainsKey(source) ? source : FurtherSources;
        _skipped[key] = _skipped.GetValueOrDefault(key) + errors;
    }

    /// <summary>Adds one.</summary>
    public void Add(ConfigError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (error.More > 0 || !Keeps(error.File))
        {
            Skip(error.File, Math.Max(1, error.More));
            return;
        }

        Count++;
        if (!_kept.TryGetValue(error.File, out var errors))
        {
            _kept[error.File] = errors = [];
        }

        var clipped = Clipped(error);
        if (!errors.Contains(clipped))
        {
            errors.Add(clipped);
            _all++;
        }
    }

    /// <summary>Adds one at <paramref name="location"/>.</summary>
    public void Add(SourceLocation location, string path, string message, string fix)
    {
        if (Keeps(location.Source))
        {
            Add(new ConfigError(location, path, message, fix));
        }
        else
        {
            Skip(location.Source);
        }
    }

    /// <summary>Adds several.</summary>
    public void AddRange(IEnumerable<ConfigError> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        foreach (var error in errors)
        {
            Add(error);
        }
    }

    /// <summary>Those that are kept, by file, line and column. The last of a source counts the ones that are not.</summary>
    public ImmutableArray<ConfigError> ToSorted()
    {
        var sorted = ImmutableArray.CreateBuilder<ConfigError>(_all + _skipped.Count);
        foreach (var (source, errors) in _kept.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            sorted.AddRange(errors.OrderBy(error => error.Line).ThenBy(error => error.Column));
            AddSkipped(sorted, source);
        }

        AddSkipped(sorted, FurtherSources);
        return sorted.ToImmutable();
    }

    private void AddSkipped(ImmutableArray<ConfigError>.Builder sorted, string source)
    {
        if (_skipped.TryGetValue(source, out var skipped))
        {
            var text = skipped.ToString("N0", CultureInfo.InvariantCulture);
            sorted.Add(new ConfigError(source, 0, 0, "", $"and {text} more", "fix the errors above first") { More = skipped });
        }
    }

    private static ConfigError Clipped(ConfigError error) =>
        error.Path.Length <= LongestText && error.Message.Length <= LongestText && error.Fix.Length <= LongestText
            ? error
            : error with { Path = Clip(error.Path), Message = Clip(error.Message), Fix = Clip(error.Fix) };

    private static string Clip(string text) => text.Length <= LongestText ? text : $"{text[..LongestText]}…";
}

using System.Collections.Immutable;
using System.Globalization;

namespace GatewayMesh.Configuration.Document;

/// <summary>
/// Collects errors, up to a bound: the first <see cref="MaxOfOne"/> per source (a file, or a Consul entry) and the first <see
/// cref="Max"/> in total. The rest is only counted, so that hostile input costs neither memory nor time. Not thread-safe.
/// </summary>
public sealed class ConfigErrors
{
    /// <summary>Maximum number of errors kept per source: 100.</summary>
    public const int MaxOfOne = 100;

    /// <summary>Maximum number of errors kept in total: 1,000.</summary>
    public const int Max = 1000;

    /// <summary>Source of the summary error for further sources.</summary>
    public const string FurtherSources = "further files and entries";

    // A message may quote the input.
    private const int LongestText = 1024;

    private readonly Dictionary<string, List<ConfigError>> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _skipped = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>
    /// Called for each key that a reader asks for, present or not. Default: null. The reference of bootstrap keys is generated from these
    /// calls.
    /// </summary>
    public Action<KeyRead>? Observer { get; init; }

    /// <summary>Number of errors added, kept or not.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// True if another error of <paramref name="source"/> would be kept. Otherwise use <see cref="Skip"/>, which costs no message.
    /// </summary>
    public bool Keeps(string source) => _all < Max && (!_kept.TryGetValue(source, out var errors) || errors.Count < MaxOfOne);

    /// <summary>Counts errors of <paramref name="source"/> without a description.</summary>
    public void Skip(string source, int errors = 1)
    {
        Count += errors;
        var key = _kept.ContainsKey(source) ? source : FurtherSources;
        _skipped[key] = _skipped.GetValueOrDefault(key) + errors;
    }

    /// <summary>Adds an error.</summary>
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

    /// <summary>Adds an error at <paramref name="location"/>.</summary>
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

    /// <summary>Adds several errors.</summary>
    public void AddRange(IEnumerable<ConfigError> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        foreach (var error in errors)
        {
            Add(error);
        }
    }

    /// <summary>The kept errors, by file, line, and column. The last error of a source counts its errors that were not kept.</summary>
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

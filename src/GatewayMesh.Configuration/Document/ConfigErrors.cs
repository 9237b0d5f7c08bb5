using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Document;

/// <summary>Collects every error of a reading. Not safe for several threads.</summary>
public sealed class ConfigErrors
{
    private readonly List<ConfigError> _errors = [];

    /// <summary>How many there are.</summary>
    public int Count => _errors.Count;

    /// <summary>Adds one.</summary>
    public void Add(ConfigError error) => _errors.Add(error);

    /// <summary>Adds one at <paramref name="location"/>.</summary>
    public void Add(SourceLocation location, string path, string message, string mend) =>
        _errors.Add(new ConfigError(location, path, message, mend));

    /// <summary>Adds several.</summary>
    public void AddRange(IEnumerable<ConfigError> errors) => _errors.AddRange(errors);

    /// <summary>All of them, by file, line and column.</summary>
    public ImmutableArray<ConfigError> ToSorted() =>
    [
        .. _errors.Distinct()
            .OrderBy(error => error.File, StringComparer.Ordinal)
            .ThenBy(error => error.Line)
            .ThenBy(error => error.Column),
    ];
}

using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// A compiled <see cref="PathRule"/> of a permission. A denial matches when any reading of the path matches; an allowance only when every
/// reading does. The caller iterates over the readers.
/// </summary>
internal sealed class PathMatch
{
    private readonly PathTest _test;
    private readonly bool _allows;
    private readonly string _value;
    private readonly string[]? _values;
    private readonly PathExpression? _expression;

    /// <param name="rule">Rule to compile.</param>
    /// <param name="allows">True if matching requests are allowed.</param>
    /// <exception cref="ArgumentException">The rule's expression is invalid; bound entries have valid expressions.</exception>
    public PathMatch(PathRule rule, bool allows)
    {
        _test = rule.Test;
        _allows = allows;
        _expression = rule.Test == PathTest.Regex ? new PathExpression(rule.Value, ignoreCase: false) : null;
        _value = rule.Value;
        if (_expression is null && !PathReadings.AllReadAlike(rule.Value))
        {
            var values = PathReader.All.Select(
                reader => allows ? reader.ReadAllowed(rule.Value, rule.Test == PathTest.Prefix) : reader.ReadDenied(rule.Value)).ToArray();
            _value = values[0];
            _values = values.All(value => value == _value) ? null : values;
        }

        IsUniform = _expression?.IsUniform ?? _values is null;
    }

    /// <summary>True if all readers read the rule alike; for a path that is also read alike a single reader is enough.</summary>
    public bool IsUniform { get; }

    /// <summary>True if the path matches in the reading of reader number <paramref name="reader"/>.</summary>
    public bool Matches(in PathReadings paths, int reader) =>
        paths.IsTangled ? !_allows
        : _test switch
        {
            PathTest.Exact => paths[reader].SequenceEqual(Value(reader)),
            PathTest.Prefix => paths[reader].StartsWith(Value(reader), StringComparison.Ordinal),
            _ => _allows ? AllowsByExpression(paths, reader) : DeniesByExpression(paths, reader),
        };

    private string Value(int reader) => _values is null ? _value : _values[reader];

    // An expression that contains parameters does not apply to readers that strip them.
    private bool AllowsByExpression(in PathReadings paths, int reader) =>
        (_expression!.NamesParameters && PathReader.All[reader].Cut != PathCut.Never)
            || _expression.MatchesDecoded(paths[reader], PathReader.All[reader].Decoding);

    private bool DeniesByExpression(in PathReadings paths, int reader) =>
        _expression!.MatchesDecoded(paths[reader], PathReader.All[reader].Decoding)
        || ((!paths.IsPlain || !_expression.IsUniform)
            && (_expression.MatchesWritten(paths.Encoded(reader)) || (reader == 0 && _expression.MatchesWritten(paths.Raw))));
}

using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// A compiled <see cref="PathRule"/> of a permission. One that denies matches when any way of reading the path does, one that allows only when each does; the
/// caller asks for the readers one by one.
/// </summary>
internal sealed class PathMatch
{
    private readonly PathTest _test;
    private readonly bool _allows;
    private readonly string _value;
    private readonly string[]? _values;
    private readonly PathExpression? _expression;

    /// <param name="rule">What it asks.</param>
    /// <param name="allows">What matches is allowed.</param>
    /// <exception cref="ArgumentException">Its expression is none; entries that were bound have good ones.</exception>
    public PathMatch(PathRule rule, bool allows)
    {
        _test = rule.Test;
        _allows = allows;
        _expression = rule.Test == PathTest.Regex ? new PathExpression(rule.Value, ignoreCase: false) : null;
        _value = rule.Value;
        if (_expression is null && !PathReadings.AllReadAlike(rule.Value))
        {
            var values = PathReader.All.Select(reader => allows ? reader.ReadAllowed(rule.Value, rule.Test == PathTest.Prefix) : reader.ReadDenied(rule.Value)).ToArray();
            _value = values[0];
            _values = values.All(value => value == _value) ? null : values;
        }

        IsUniform = _expression?.IsUniform ?? _values is null;
    }

    /// <summary>True if all readers read the rule alike, so that a path which they read alike needs one of them only.</summary>
    public bool IsUniform { get; }

    /// <summary>True if the path matches for reader number <paramref name="reader"/>.</summary>
    public bool Matches(in PathReadings paths, int reader) =>
        paths.IsTangled ? !_allows
        : _test switch
        {
            PathTest.Exact => paths[reader].SequenceEqual(Value(reader)),
            PathTest.Prefix => paths[reader].StartsWith(Value(reader), StringComparison.Ordinal),
            _ => _allows ? AllowsByExpression(paths, reader) : DeniesByExpression(paths, reader),
        };

    private string Value(int reader) => _values is null ? _value : _values[reader];

    // An expression that names parameters is no matter for readers that cut them off.
    private bool AllowsByExpression(in PathReadings paths, int reader) =>
        (_expression!.NamesParameters && PathReader.All[reader].Cut != PathCut.Never) || _expression.MatchesDecoded(paths[reader], PathReader.All[reader].Decoding);

    private bool DeniesByExpression(in PathReadings paths, int reader) =>
        _expression!.MatchesDecoded(paths[reader], PathReader.All[reader].Decoding)
        || ((!paths.IsPlain || !_expression.IsUniform) && (_expression.MatchesWritten(paths.Encoded(reader)) || (reader == 0 && _expression.MatchesWritten(paths.Raw))));
}

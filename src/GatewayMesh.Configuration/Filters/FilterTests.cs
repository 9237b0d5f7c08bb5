using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Filters;

/// <summary>
/// Compiles a comparison: the selector must be known, and the operator must be defined by go-bexpr for the selector's type.
/// </summary>
internal static class FilterTests
{
    private static readonly ImmutableArray<FilterOperator> OfText =
        [
            FilterOperator.Equal,
            FilterOperator.NotEqual,
            FilterOperator.In,
            FilterOperator.NotIn,
            FilterOperator.Matches,
            FilterOperator.NotMatches];

    private static readonly ImmutableArray<FilterOperator> OfNumber = [FilterOperator.Equal, FilterOperator.NotEqual];

    private static readonly ImmutableArray<FilterOperator> OfMany = [
        FilterOperator.In, FilterOperator.NotIn, FilterOperator.IsEmpty, FilterOperator.IsNotEmpty];

    /// <summary>Placeholder for an invalid comparison while the rest is parsed.</summary>
    public static FilterTest Placeholder { get; } = new(
        FilterSelector.Find(["Service", "Tags"], out _, out _)!, FilterOperator.IsEmpty, "", null);

    /// <summary>Returns the comparison, or null with the reason.</summary>
    /// <param name="path">The selector.</param>
    /// <param name="op">The operator.</param>
    /// <param name="value">Value as written.</param>
    /// <param name="error">Reason for a failure.</param>
    /// <param name="ofConsul">True if Consul would know the selector.</param>
    public static FilterTest? Of(ImmutableArray<string> path, FilterOperator op, string value, out string error, out bool ofConsul)
    {
        if (FilterSelector.Find(path, out error, out ofConsul) is not { } selector)
        {
            return null;
        }

        var name = string.Join('.', path);
        var known = selector.Kind switch { FilterKind.Number => OfNumber, FilterKind.List or FilterKind.Pairs => OfMany, _ => OfText };
        if (!known.Contains(op))
        {
            error = $"{name} does not support this operator; use {string.Join(", ", known.Select(Written))}";
            return null;
        }

        if (selector.Kind == FilterKind.Number)
        {
            error = $"{Quoted.Of(value)} is not a whole number, but {name} is";
            return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? new FilterTest(selector, op, number.ToString(CultureInfo.InvariantCulture), null)
                : null;
        }

        if (op is not (FilterOperator.Matches or FilterOperator.NotMatches))
        {
            return new FilterTest(selector, op, value, null);
        }

        // The mesh's own expressions match whole texts; Consul's match anywhere.
        if (value.Length > 0 && !RegexText.TryCompile(value, ignoreCase: false, out _, out var refused))
        {
            error = $"{Quoted.Of(value)} is not a regular expression ({refused})";
            return null;
        }

        return RegexText.TryCompile($"(?s:.*)(?:{value})(?s:.*)", ignoreCase: false, out var regex, out error)
            ? new FilterTest(selector, op, value, regex)
            : null;
    }

    private static string Written(FilterOperator op) => op switch
    {
        FilterOperator.Equal => "==",
        FilterOperator.NotEqual => "!=",
        FilterOperator.In => "in",
        FilterOperator.NotIn => "not in",
        FilterOperator.IsEmpty => "is empty",
        FilterOperator.IsNotEmpty => "is not empty",
        FilterOperator.Matches => "matches",
        _ => "not matches",
    };
}

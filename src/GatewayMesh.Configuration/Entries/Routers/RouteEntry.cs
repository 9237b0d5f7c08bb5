using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Entries.Routers;

/// <summary>A declared route of a router.</summary>
/// <param name="Match">Conditions on the request; null for all requests.</param>
/// <param name="Destination">Destination, with changes to the request.</param>
public sealed record RouteEntry(RouteMatch? Match, RouteDestination Destination)
{
    private static readonly ScalarType<string> Path = new("use a path such as /v1", text =>
        text.StartsWith('/')
            ? Scalar.Good(text)
            : Scalar.Bad<string>($"{Quoted.Of(text)} does not start with '/'", $"use /{text.TrimStart('.')}"));

    private static readonly ScalarType<string> Method = new("use a method such as GET", text =>
        text.Length is > 0 and <= 64
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? Scalar.Good(text.ToUpperInvariant())
        : Scalar.Bad<string>($"{Quoted.Of(text)} is not a method", "use a method such as GET"));

    /// <summary>Location of the route; neither part of its meaning nor stored.</summary>
    [JsonIgnore]
    public SourceLocation At { get; init; }

    internal static RouteEntry Bind(MappingReader reader)
    {
        var match = reader.Has("match") ? reader.Section("match", BindMatch) : null;
        var destination = reader.Section("destination", RouteDestination.Bind);
        if (destination.PrefixRewrite is not null && match?.Path is not { Test: not PathTest.Regex })
        {
            reader.Fail(
                reader.LocationOf("destination"),
                reader.PathOf("destination.prefixRewrite"),
                "requires pathExact or pathPrefix in match.http",
                "add the path to replace, such as pathPrefix: /");
        }

        CheckUrl(reader, match, destination);
        return new RouteEntry(match, destination) { At = reader.LocationOf("destination") };
    }

    private static void CheckUrl(MappingReader reader, RouteMatch? match, RouteDestination destination)
    {
        if ((destination.RequestRedirect?.Path ?? destination.UrlRewrite?.Path)?.ReplacePrefixMatch is not null
            && match?.Path is not { Test: PathTest.Prefix })
        {
            reader.Fail(
                reader.LocationOf("destination"),
                reader.PathOf("destination"),
                "has replacePrefixMatch without pathPrefix in match.http",
                "add the prefix to replace, such as pathPrefix: /v1");
        }

        if (destination is { RequestRedirect: not null, UrlRewrite: not null } or { UrlRewrite.Path: not null, PrefixRewrite: not null })
        {
            reader.Fail(
                reader.LocationOf("destination"),
                reader.PathOf("destination"),
                "has more than one of requestRedirect, urlRewrite, and prefixRewrite",
                "keep one of them");
        }
    }

    private static RouteMatch? BindMatch(MappingReader reader)
    {
        var key = reader.Has("HTTP") || !reader.Has("http") ? "HTTP" : "http";
        return reader.Has(key) ? reader.Section(key, BindRequest) : null;
    }

    private static RouteMatch BindRequest(MappingReader reader)
    {
        var paths = new List<PathRule>();
        foreach (
            var (key, test) in (ReadOnlySpan<(string, PathTest)>)[
                ("pathExact", PathTest.Exact), ("pathPrefix", PathTest.Prefix), ("pathRegex", PathTest.Regex)])
        {
            if (reader.Has(key))
            {
                paths.Add(new PathRule(test, reader.Optional(key, test == PathTest.Regex ? RegexText.Type : Path, "/")));
            }
        }

        if (paths.Count > 1)
        {
            reader.Fail("has more than one of pathExact, pathPrefix and pathRegex", "keep only one");
        }

        return new RouteMatch
        {
            Path = paths.FirstOrDefault(),
            CaseInsensitive = reader.Optional("caseInsensitive", ScalarTypes.Flag, false),
            Headers = reader.Items("header", HeaderRule.Bind),
            Query = reader.Items("queryParam", QueryRule.Bind),
            Methods = reader.List("methods", Method),
        };
    }
}

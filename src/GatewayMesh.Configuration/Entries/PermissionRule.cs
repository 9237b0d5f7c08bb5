using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries.Tokens;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Entries;

/// <summary>A permission of an intention, evaluated per request: the first match decides.</summary>
/// <param name="Action">Action for matching requests.</param>
public sealed record PermissionRule(IntentionAction Action)
{
    private static readonly ScalarType<string> MethodName = new("use a method such as GET", text =>
        text.Length is > 0 and <= 64
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? Scalar.Good(text.ToUpperInvariant())
        : Scalar.Bad<string>($"{Quoted.Of(text)} is not a method", "use a method such as GET"));

    private static readonly ScalarType<string> Path = new("use a path such as /v1", text =>
        text.StartsWith('/')
            ? Scalar.Good(text)
            : Scalar.Bad<string>($"{Quoted.Of(text)} does not start with '/'", $"use /{text.TrimStart('.')}"));

    /// <summary>Condition on the path; null for none.</summary>
    public PathRule? PathRule { get; init; }

    /// <summary>Allowed methods, in upper case. Empty: any.</summary>
    public ImmutableArray<string> Methods { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Conditions on header fields, all of which must hold.</summary>
    public ImmutableArray<HeaderRule> Headers { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Required token; null for none.</summary>
    public JwtRequirement? Jwt { get; init; }

    internal static PermissionRule Bind(MappingReader reader)
    {
        var permission = new PermissionRule(reader.Required("action", IntentionSource.ActionType)) { Jwt = JwtRequirement.Bind(reader) };
        var key = reader.Has("HTTP") || !reader.Has("http") ? "HTTP" : "http";
        if (!reader.Has(key))
        {
            if (permission.Jwt is not null)
            {
                return permission;
            }

            reader.Fail(
                reader.Location,
                reader.PathOf("http"),
                "is missing",
                "set a condition, such as http: { pathPrefix: /v1, methods: [ GET ] }, or give the source an action without permissions");
            return permission;
        }

        return reader.Section(key, section => BindRequest(section, permission));
    }

    /// <summary>Reads <c>pathExact</c>, <c>pathPrefix</c>, or <c>pathRegex</c>; null if none is declared.</summary>
    internal static PathRule? BindPath(MappingReader reader)
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

        return paths.FirstOrDefault();
    }

    /// <summary>Reads <c>methods</c>.</summary>
    internal static ImmutableArray<string> BindMethods(MappingReader reader) => reader.List("methods", MethodName);

    private static PermissionRule BindRequest(MappingReader reader, PermissionRule permission)
    {
        var bound = permission with
        {
            PathRule = BindPath(reader),
            Methods = BindMethods(reader),
            Headers = reader.Items("header", HeaderRule.Bind),
        };
        if (bound.PathRule is null && !reader.Has("methods") && !reader.Has("header"))
        {
            reader.Fail(
                "has no condition",
                "set one of pathExact, pathPrefix, pathRegex, methods and header, or give the source an action without permissions");
        }

        return bound;
    }
}

using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Messages;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>
/// A request as seen by permissions: the fields that the application will receive, without the mesh's own fields, connection fields, and
/// the fields about clients that only the ingress may send. <c>X-Forwarded-*</c> fields are as the caller's side sent them. Fields of an
/// authorization service that is asked here are absent, also when a request in flight is checked again.
/// </summary>
internal sealed class ExchangeFacts(Exchange exchange) : IRequestFacts
{
    /// <inheritdoc/>
    public string Method => exchange.Method;

    /// <inheritdoc/>
    public PathReadings Paths => PathReadings.Of(exchange.Forwarded);

    /// <inheritdoc/>
    public FieldLines Field(string name)
    {
        var fields = exchange.Head.Fields;
        if (name == "host")
        {
            return new FieldLines((exchange.Route.Leaf?.Host ?? exchange.Host) is { Length: > 0 } host ? host : null);
        }

        var values = fields[name];
        if (values.Count == 0 || !IsForwarded(name, fields))
        {
            values = default;
        }

        if (exchange.Route is { Leaf.Edits.Request: not null } or { EdgeEdits.Request: not null })
        {
            values = Edited(Edited(values, name, exchange.Route.Leaf?.Edits?.Request), name, exchange.Route.EdgeEdits?.Request);
        }

        return values.Count == 0 ? default : Lines(values);
    }

    /// <inheritdoc/>
    public IClaims? ClaimsOf(string provider)
    {
        foreach (var accepted in exchange.Providers)
        {
            if (accepted.Name == provider)
            {
                return accepted.Claims;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public FieldLines Twins(string name)
    {
        if (!name.AsSpan().ContainsAny('-', '_'))
        {
            return default;
        }

        List<string?>? lines = null;
        var fields = exchange.Head.Fields;
        foreach (var field in fields.Lines)
        {
            if (FieldLines.AreTwins(name, field.Name) && IsForwarded(field.Name, fields))
            {
                (lines ??= []).Add(field.Value);
            }
        }

        return lines is null ? default : new FieldLines(lines);
    }

    /// <summary>Returns the values of a field as an edit will change them.</summary>
    /// <param name="values">Received values.</param>
    /// <param name="name">Name of the field.</param>
    /// <param name="edit">The edit; null changes nothing.</param>
    public static StringValues Edited(StringValues values, string name, FieldEdit? edit)
    {
        if (edit is null)
        {
            return values;
        }

        values = edit.Drops(name) ? default : values;
        foreach (var (added, value) in edit.Added)
        {
            if (added.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                values = StringValues.Concat(values, value);
            }
        }

        return values;
    }

    private static FieldLines Lines(StringValues values) =>
        values.Count == 1 ? new FieldLines(values[0] ?? "") : new FieldLines(values.ToArray());

    private bool IsForwarded(string name, FieldTable fields) =>
        !MeshHeaders.IsMeshHeader(name)
        && (exchange.SpeaksOfClients || !OutsideFields.IsForged(name))
        && !(exchange.AsksAuthorization && VerifiedFields.ContainsAnswer(exchange.Route.Policy, name))
        && !HopByHop.Contains(name, fields[KnownField.Connection]);
}

using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Policies.Cors;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Cors;

/// <summary>Fields of the CORS protocol (Fetch Standard) in responses to browsers.</summary>
internal static class CorsFields
{
    /// <summary>Field of a preflight request.</summary>
    public const string RequestMethod = "Access-Control-Request-Method";

    private const string Prefix = "Access-Control-";

    /// <summary>True if <paramref name="name"/> is a field of the protocol: an application's own ones are replaced.</summary>
    public static bool IsOurs(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Adds the fields of a preflight answer; only <c>Vary</c> if the origin is not allowed.</summary>
    public static void AddPreflight(CorsModel cors, string? origin, ImmutableArray<Field>.Builder to)
    {
        Add(cors, origin, to.Add);
        if (origin is null)
        {
            return;
        }

        to.Add(new Field("Access-Control-Allow-Methods", string.Join(", ", cors.Methods)));
        if (!cors.Headers.IsEmpty)
        {
            to.Add(new Field("Access-Control-Allow-Headers", string.Join(", ", cors.Headers)));
        }

        to.Add(new Field("Access-Control-Max-Age", ((long)cors.MaxAge.TotalSeconds).ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Returns a response of the mesh itself with the fields, so that a page can read the error.</summary>
    public static LocalAnswer With(Exchange exchange, LocalAnswer answer)
    {
        if (!exchange.HasCors)
        {
            return answer;
        }

        var fields = answer.Fields.ToBuilder();
        AddResponse(exchange, fields.Add);
        return answer with { Fields = fields.ToImmutable() };
    }

    /// <summary>Writes the fields of a response.</summary>
    public static void Write<TSink>(Exchange exchange, ref TSink to)
        where TSink : IFieldSink, allows ref struct
    {
        var fields = new List<Field>(4);
        AddResponse(exchange, fields.Add);
        foreach (var field in fields)
        {
            to.Add(field.Name, field.Value);
        }
    }

    private static void AddResponse(Exchange exchange, Action<Field> add)
    {
        var cors = exchange.Route.Policy.Cors;
        Add(cors, exchange.AllowedOrigin, add);
        if (exchange.AllowedOrigin is not null && !cors.ExposedHeaders.IsEmpty)
        {
            add(new Field("Access-Control-Expose-Headers", string.Join(", ", cors.ExposedHeaders)));
        }
    }

    private static void Add(CorsModel cors, string? origin, Action<Field> add)
    {
        if (origin is not null)
        {
            add(new Field("Access-Control-Allow-Origin", origin));
            if (cors.AllowsCredentials(origin))
            {
                add(new Field("Access-Control-Allow-Credentials", "true"));
            }
        }

        add(new Field("Vary", "Origin")); // also without an allowed origin: caches must not mix the two
    }
}

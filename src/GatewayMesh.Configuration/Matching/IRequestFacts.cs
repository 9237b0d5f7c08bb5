using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Configuration.Matching;

/// <summary>Request properties used by permissions and routes.</summary>
public interface IRequestFacts
{
    /// <summary>Request method.</summary>
    string Method { get; }

    /// <summary>Request path without the query, in every reading that an application may take. All of them must be allowed.</summary>
    PathReadings Paths { get; }

    /// <summary>Lines of a header field (name in lower case); <c>default</c> when absent.</summary>
    FieldLines Field(string name);

    /// <summary>
    /// Lines of fields whose names differ from <paramref name="name"/> only in <c>_</c> and <c>-</c>. Some applications treat them as the
    /// same field (CGI, WSGI).
    /// </summary>
    FieldLines Twins(string name);

    /// <summary>
    /// Claims of the request's token, if the jwt-provider named <paramref name="provider"/> accepts it; otherwise null. Default: null.
    /// </summary>
    IClaims? ClaimsOf(string provider) => null;
}

using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Configuration.Matching;

/// <summary>What permissions and routes ask of a request.</summary>
public interface IRequestFacts
{
    /// <summary>Its method.</summary>
    string Method { get; }

    /// <summary>Its path without the query, in every way in which an application may read it. All of them must be allowed.</summary>
    PathReadings Paths { get; }

    /// <summary>The lines of a header field (its name in lower case); <c>default</c> when there is none.</summary>
    FieldLines Field(string name);

    /// <summary>The lines of fields whose names differ from <paramref name="name"/> by <c>_</c> for <c>-</c>, or the other way round. Some applications take them for that field (CGI, WSGI).</summary>
    FieldLines Twins(string name);
}

using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Proxy.ExternalAuthorization;

/// <summary>A question as seen by the routes and intentions of the authorization service.</summary>
/// <param name="question">The question.</param>
/// <param name="path">Path of the question.</param>
internal sealed class QuestionFacts(AuthorizationQuestion question, string path) : IRequestFacts
{
    /// <inheritdoc/>
    public string Method => question.Method;

    /// <inheritdoc/>
    public PathReadings Paths => PathReadings.Of(path);

    /// <inheritdoc/>
    public FieldLines Field(string name) => Lines(field => field.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public FieldLines Twins(string name) => Lines(field => FieldLines.AreTwins(name, field));

    private FieldLines Lines(Func<string, bool> isMeant)
    {
        string[] values = [.. question.Fields.Where(field => isMeant(field.Name)).Select(field => field.Value)];
        return values.Length == 0 ? default : new FieldLines(values);
    }
}

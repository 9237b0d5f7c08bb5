using System.IO.Pipelines;
using System.Net;
using System.Text;

namespace GatewayMesh.Registry.Tests.Kubernetes.Watching;

/// <summary>A request of which the test sends the answer, whole or line by line.</summary>
internal sealed class ScriptedRequest(HttpRequestMessage request)
{
    private readonly TaskCompletionSource<HttpResponseMessage> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Pipe _body = new(new PipeOptions(pauseWriterThreshold: 0));

    /// <summary>Path and query.</summary>
    public string Target { get; } = request.RequestUri!.PathAndQuery;

    /// <summary>Value of <c>Authorization</c>.</summary>
    public string? Authorization { get; } = request.Headers.Authorization?.ToString();

    /// <summary>Value of <c>Accept</c>.</summary>
    public string Accept { get; } = request.Headers.Accept.ToString();

    public Task<HttpResponseMessage> Response => _response.Task;

    /// <summary>A parameter of the query; null: absent.</summary>
    public string? this[string key] => Target[(Target.IndexOf('?') + 1)..]
        .Split('&')
        .Select(pair => pair.Split('=', 2))
        .Where(pair => pair[0] == key)
        .Select(pair => Uri.UnescapeDataString(pair[1]))
        .FirstOrDefault();

    /// <summary>Answers with a whole body.</summary>
    public void Answer(int status, string body, params (string Key, string Value)[] headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
        foreach (var (key, value) in headers)
        {
            _ = response.Headers.TryAddWithoutValidation(key, value);
        }

        _response.SetResult(response);
    }

    /// <summary>Fails as a connection does that cannot be opened.</summary>
    public void Refuse() => _response.SetException(new HttpRequestException("Connection refused"));

    /// <summary>Answers 200 with a body that follows.</summary>
    public ScriptedRequest Open()
    {
        _response.SetResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(_body.Reader.AsStream()) });
        return this;
    }

    /// <summary>Sends bytes of the body.</summary>
    public async Task SendAsync(string text) => _ = await _body.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends a line with an object of these names and this version.</summary>
    public Task EventAsync(string type, string name, int version, string space = "shop") => SendAsync(
        $$$$"""{"type":"{{{{type}}}}","object":{"metadata":{"name":"{{{{name}}}}","namespace":"{{{{space}}}}","resourceVersion":"{{{{version}}}}"}}}""" + "\n");

    /// <summary>Sends a bookmark.</summary>
    public Task BookmarkAsync(int version) =>
        SendAsync($$$$"""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"{{{{version}}}}"}}}""" + "\n");

    /// <summary>Sends the bookmark that ends the initial events.</summary>
    public Task CompleteAsync(int version) => SendAsync(
        $$$$$"""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"{{{{{version}}}}}","annotations":{"k8s.io/initial-events-end":"true"}}}}""" + "\n");

    /// <summary>Ends the body cleanly.</summary>
    public Task EndAsync() => _body.Writer.CompleteAsync().AsTask();

    /// <summary>Breaks the connection.</summary>
    public Task CutAsync() => _body.Writer.CompleteAsync(new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely.")).AsTask();
}

namespace GatewayMesh.Proxy.Tests.Http1.Fuzz;

/// <summary>A reader under test.</summary>
internal interface IFuzzTarget
{
    /// <summary>Well-formed and malformed inputs to start from.</summary>
    string[] Corpus { get; }

    /// <summary>Pieces of text that mean something to the reader.</summary>
    string[] Words { get; }

    /// <summary>Reads all of the input and checks what must hold for any input.</summary>
    void Read(ref Feed feed, Transcript transcript);
}

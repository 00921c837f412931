import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

class Server {
  public static void main(String[] args) throws Exception {
    var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 0);
    server.createContext("/", exchange -> {
      exchange.sendResponseHeaders(200, 4);
      exchange.getResponseBody().write("java".getBytes());
      exchange.close();
    });
    server.start();
    System.out.println("listening");
  }
}
